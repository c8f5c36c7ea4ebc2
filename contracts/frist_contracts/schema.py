"""Builds the marshmallow schema of an event from its type hints, so that each field is said once."""

import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from typing import Any, Union

from marshmallow import EXCLUDE, Schema, ValidationError, post_load
from marshmallow import fields as wire

from frist_contracts.errors import shown
from frist_contracts.event import ENVELOPE_FIELDS, Event

YEARS = (1000, 9998)
"""Of days and instants: a little further out, adding a time zone's offset overflows."""
WHOLE = (-(2**63), 2**63 - 1)
"""What fits where databases keep whole numbers."""
MOST_FAULTS_TOLD = 3

_BUILT: dict[type[Any], Schema] = {}


def is_sound(value: date | int) -> bool:
    """Whether a day, an instant or a whole number is one that everything behind can reckon with."""
    low, high = WHOLE if isinstance(value, int) else YEARS
    return low <= (value if isinstance(value, int) else value.year) <= high


def faults(error: ValidationError) -> str:
    """What the schema refused, as a sentence: `data.session.starts_at is missing; ...`."""
    messages = error.normalized_messages()  # type: ignore[no-untyped-call]
    told = list(dict.fromkeys(_told(messages, "data")))
    more = f"; and {len(told) - MOST_FAULTS_TOLD} more" if len(told) > MOST_FAULTS_TOLD else ""
    return "; ".join(told[:MOST_FAULTS_TOLD]) + more


def _told(messages: Any, place: str) -> Iterator[str]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from _told(inner, place if name in _NO_PLACES else f"{place}.{shown(str(name))}"[:200])
    else:
        for message in messages:
            yield f"{place} {message}"


_NO_PLACES = ("_schema", "value")


def _says(what: str) -> dict[str, Any]:
    wrong = f"is not {what}"
    return dict.fromkeys(
        ("invalid", "invalid_utf8", "invalid_awareness", "format", "type", "too_large", "special"), wrong
    ) | {
        "required": "is missing",
        "null": "is null",
    }


def _checked(field: Callable[..., Any], what: str, **fixed: Any) -> Callable[..., Any]:
    def sound(value: date | int) -> None:
        if not is_sound(value):
            raise ValidationError(f"is not {what}")

    return lambda **options: field(error_messages=_says(what), validate=sound, **fixed, **options)


_SCALARS: dict[Any, Callable[..., Any]] = {
    str: lambda **options: wire.String(error_messages=_says("a text"), **options),
    int: _checked(wire.Integer, "a whole number of at most 64 bits", strict=True),
    bool: lambda **options: wire.Boolean(
        truthy={True}, falsy={False}, error_messages=_says("true or false"), **options
    ),
    datetime: _checked(wire.AwareDateTime, "an instant with its UTC offset, from 1000 to 9998", format="iso"),
    date: _checked(wire.Date, "a day from 1000 to 9998"),
    Any: lambda **options: wire.Raw(error_messages=_says("there"), **options),
}


class _Tolerant(Schema):
    """Readers ignore fields they do not know: that is what lets a contract grow."""

    error_messages = {"type": "is not an object"}  # noqa: RUF012 - marshmallow's own way

    class Meta:
        """Unknown fields are dropped."""

        unknown = EXCLUDE


def schema_of(cls: type[Any]) -> Schema:
    """The schema of `cls`: an event loads to a dict of its data, a nested dataclass to an instance.

    Raises TypeError for a type hint that has no place on the wire.
    """
    if cls not in _BUILT:
        _BUILT[cls] = _build(cls)
    return _BUILT[cls]


def _build(cls: type[Any]) -> Schema:
    hints = typing.get_type_hints(cls)
    members: dict[str, Any] = {
        entry.name: _field(hints[entry.name], entry) for entry in fields(cls) if entry.name not in ENVELOPE_FIELDS
    }
    if not issubclass(cls, Event):
        members["_build"] = post_load(lambda _self, data, **_: cls(**data))
    return typing.cast("Schema", type(f"{cls.__name__}Schema", (_Tolerant,), members)())


def _field(hint: Any, entry: "Field[Any]") -> Any:
    options: dict[str, Any] = {"required": True}
    if entry.default is not MISSING:
        options = {"load_default": entry.default}
    elif entry.default_factory is not MISSING:
        options = {"load_default": entry.default_factory}
    return _of(hint, options)


def _of(hint: Any, options: dict[str, Any]) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (argument for argument in arguments if argument is not type(None))
        return _of(inner, {**options, "allow_none": True})
    if origin is list:
        return wire.List(_of(arguments[0], {}), error_messages=_says("a list"), **options)
    if origin is dict:
        keys, values = arguments
        inner = _of(values, {"allow_none": values is Any})
        return wire.Dict(keys=_of(keys, {}), values=inner, error_messages=_says("an object"), **options)
    if is_dataclass(hint):
        nested = schema_of(typing.cast("type[Any]", hint))
        return wire.Nested(nested, error_messages=_says("an object"), **options)
    if hint not in _SCALARS:
        raise TypeError(f"{hint!r} has no place on the wire")
    return _SCALARS[hint](**options)
