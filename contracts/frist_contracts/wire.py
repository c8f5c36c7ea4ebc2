"""From bytes to a JSON object that is safe to handle: bounded in size and depth, UTF-8, with text a database can keep.

Every refusal is a sentence for a person: the place, and what is wrong with it.
"""

import json
import re
from typing import Any, NoReturn

from frist_contracts.errors import UnreadableEventError, shown

MAX_BYTES = 1_048_576
"""A larger body is refused unread; the largest real event (290 municipalities) is about 60 kB."""

MAX_DEPTH = 32
"""How deep objects and lists may lie in one another; a programme's definition, the deepest there is, takes ten."""

_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
"""What JSON can escape and PostgreSQL cannot keep: U+0000, and halves of surrogate pairs."""


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object that the bytes are; raises UnreadableEventError when they are anything else."""
    text = _text(body)
    try:
        raw = _JSON.decode(text)
    except json.JSONDecodeError as error:
        raise UnreadableEventError(f"body is not JSON: {error.msg} (character {error.pos})") from None
    except RecursionError:
        raise UnreadableEventError(f"body is nested deeper than {MAX_DEPTH} levels") from None
    except ValueError:  # Python reads no number of more than 4300 digits
        raise UnreadableEventError("body is not JSON we can read: it holds a number with thousands of digits") from None
    if not isinstance(raw, dict):
        raise UnreadableEventError("body is not a JSON object")
    escapes = "\\" in text and "\\u" in text
    if escapes or text.count("{") + text.count("[") > MAX_DEPTH:  # only then can there be anything to find
        _check(raw, "body", 1)
    return raw


def _text(body: bytes) -> str:
    if len(body) > MAX_BYTES:
        raise UnreadableEventError(f"body is {len(body)} bytes, more than {MAX_BYTES}")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise UnreadableEventError(f"body is not UTF-8: byte {error.start} does not fit") from None
    if text.startswith("\ufeff"):
        raise UnreadableEventError("body begins with a byte order mark, which JSON does not have")
    return text


def _check(value: Any, place: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise UnreadableEventError(f"body is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        if found := _UNKEEPABLE.search(value):
            raise UnreadableEventError(f"{place} holds U+{ord(found[0]):04X}, which cannot be kept")
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


def _no_constant(name: str) -> NoReturn:
    raise UnreadableEventError(f"body is not JSON: {name} is no number there")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise UnreadableEventError(f"body holds {shown(digits)}, a number beyond all bounds")
    return number


_JSON = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
