"""What may change in a contract that others already read: only that something optional is added."""

from collections.abc import Iterator
from typing import Any


def breaking_changes(frozen: dict[str, Any], current: dict[str, Any], place: str = "data") -> Iterator[str]:
    """Sentences on everything in `current` that a reader or a writer of `frozen` stumbles over."""
    if frozen.get("type") != current.get("type") or frozen.get("format") != current.get("format"):
        yield f"{place} changed its type"
        return
    for name, before in frozen.get("properties", {}).items():
        if name not in current["properties"]:
            yield f"{place}.{name} was removed"
        else:
            yield from breaking_changes(before, current["properties"][name], f"{place}.{name}")
    for name in _differences(frozen, current):
        yield f"{place}.{name} changed whether it is required"
    for member in ("items", "additionalProperties"):
        if member in frozen:
            yield from breaking_changes(frozen[member], current.get(member, {}), f"{place}[]")


def _differences(frozen: dict[str, Any], current: dict[str, Any]) -> list[str]:
    return sorted(set(frozen.get("required", [])) ^ set(current.get("required", [])))
