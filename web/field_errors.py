"""marshmallow's nested messages as a plain list: which field, and how to mend it."""

from typing import Any


def flatten(messages: Any, path: str = "") -> list[dict[str, str]]:
    """`{"levels": {"vat": ["Not a number."]}}` becomes `[{"field": "levels.vat", "message": "Not a number."}]`.

    What is wrong with the whole (`_schema`) has the field it stands in, or `""`.
    """
    if isinstance(messages, str):
        return [{"field": path, "message": messages}]
    if isinstance(messages, list | tuple):
        return [error for message in messages for error in flatten(message, path)]
    found: list[dict[str, str]] = []
    for name, inner in messages.items():
        found += flatten(inner, path if name == "_schema" else f"{path}.{name}".lstrip("."))
    return found


def flatten_locations(messages: dict[str, Any]) -> list[dict[str, str]]:
    """The same for webargs, which puts `json`, `query`, … around the fields."""
    return [error for inner in messages.values() for error in flatten(inner)]
