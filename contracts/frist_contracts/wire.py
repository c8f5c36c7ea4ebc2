"""From bytes to a JSON object that is safe to handle: bounded in size and depth, UTF-8, with text a database can keep.

Every refusal is a sentence for a person: the place, and what is wrong with it.
"""

from typing import Any

import orjson

from frist_contracts.errors import UnreadableEventError, shown

MAX_BYTES = 1_048_576
"""A larger body is refused unread; the largest real event (290 municipalities) is about 60 kB."""

MAX_DEPTH = 32
"""How deep objects and lists may lie in one another; a programme's definition, the deepest there is, takes ten."""

_UNKEEPABLE = "\x00"
"""What JSON can escape and PostgreSQL cannot keep. Halves of surrogate pairs are no JSON to the reader."""


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object that the bytes are; raises UnreadableEventError when they are anything else.

    Whole numbers of more than 64 bits come out as floats, which no whole field takes.
    """
    if len(body) > MAX_BYTES:
        raise UnreadableEventError(f"body is {len(body)} bytes, more than {MAX_BYTES}")
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnreadableEventError(_fault(body, error)) from None
    if not isinstance(raw, dict):
        raise UnreadableEventError("body is not a JSON object")
    if b"\\u0000" in body or body.count(b"{") + body.count(b"[") > MAX_DEPTH:  # only then can there be anything to find
        _check(raw, "body", 1)
    return raw


def _fault(body: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        body.decode()
    except UnicodeDecodeError as unreadable:
        return f"body is not UTF-8: byte {unreadable.start} does not fit"
    return f"body is not JSON: {error}"


def _check(value: Any, place: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise UnreadableEventError(f"body is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        if _UNKEEPABLE in value:
            raise UnreadableEventError(f"{place} holds U+0000, which cannot be kept")
    elif isinstance(value, dict):
        for name, item in value.items():
            _check(name, f"a name in {place}", depth)
            if isinstance(item, str | dict | list):
                _check(item, _inside(place, name), depth + 1)
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, str | dict | list):
                _check(item, place, depth + 1)


def _inside(place: str, name: str) -> str:
    return shown(name) if place == "body" else f"{place[-100:]}.{shown(name)}"
