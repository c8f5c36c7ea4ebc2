"""Builds the marshmallow schema of an event from its type hints, so that each field is said once."""

import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from typing import Any, Union

from marshmallow import EXCLUDE, Schema, post_load
from marshmallow import fields as wire

from frist_contracts.event import ENVELOPE_FIELDS, Event

_SCALARS: dict[Any, Callable[..., Any]] = {
    str: wire.String,
    int: lambda **options: wire.Integer(strict=True, **options),
    bool: lambda **options: wire.Boolean(truthy={True}, falsy={False}, **options),
    datetime: lambda **options: wire.AwareDateTime(format="iso", **options),
    date: wire.Date,
    Any: wire.Raw,
}


_BUILT: dict[type[Any], Schema] = {}


class _Tolerant(Schema):
    """Readers ignore fields they do not know: that is what lets a contract grow."""

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
        return wire.List(_of(arguments[0], {}), **options)
    if origin is dict:
        keys, values = arguments
        return wire.Dict(keys=_of(keys, {}), values=_of(values, {"allow_none": values is Any}), **options)
    if is_dataclass(hint):
        return wire.Nested(schema_of(typing.cast("type[Any]", hint)), **options)
    if hint not in _SCALARS:
        raise TypeError(f"{hint!r} has no place on the wire")
    return _SCALARS[hint](**options)
