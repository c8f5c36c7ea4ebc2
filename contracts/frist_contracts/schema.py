"""Builds the marshmallow schema of an event from its type hints, so that each is said once."""

import types
import typing
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Union

from marshmallow import EXCLUDE, Schema, fields as ma, post_load

from frist_contracts.event import ENVELOPE_FIELDS

_SCALARS: dict[Any, Any] = {
    str: lambda **kw: ma.String(**kw),
    int: lambda **kw: ma.Integer(strict=True, **kw),
    bool: lambda **kw: ma.Boolean(truthy={True}, falsy={False}, **kw),
    datetime: lambda **kw: ma.AwareDateTime(format="iso", **kw),
    date: lambda **kw: ma.Date(**kw),
    Any: lambda **kw: ma.Raw(**kw),
}


@cache
def schema_of(cls: type[Any]) -> Schema:
    """The schema that loads JSON data into `cls` and dumps it back; unknown fields are ignored.

    Raises TypeError for a hint that has no place on the wire.
    """
    hints = typing.get_type_hints(cls)
    members: dict[str, Any] = {
        entry.name: _field(hints[entry.name], entry)
        for entry in fields(cls)
        if entry.name not in ENVELOPE_FIELDS
    }

    def make(self: Schema, data: dict[str, Any], **_: Any) -> Any:
        return data if self.context_free else cls(**data)  # type: ignore[attr-defined]

    members["build"] = post_load(make)
    members["context_free"] = any(f.name in ENVELOPE_FIELDS for f in fields(cls))
    members["Meta"] = type("Meta", (), {"unknown": EXCLUDE})
    return typing.cast("Schema", type(f"{cls.__name__}Schema", (Schema,), members)())


def _field(hint: Any, entry: "Field[Any]") -> ma.Field[Any]:
    options: dict[str, Any] = {"required": True}
    if entry.default is not MISSING:
        options = {"load_default": entry.default}
    elif entry.default_factory is not MISSING:
        options = {"load_default": entry.default_factory}
    return _of(hint, options)


def _of(hint: Any, options: dict[str, Any]) -> ma.Field[Any]:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (arg for arg in args if arg is not type(None))
        return _of(inner, {**options, "allow_none": True})
    if origin is list:
        return ma.List(_of(args[0], {}), **options)
    if origin is dict:
        return ma.Dict(keys=_of(args[0], {}), values=_of(args[1], {"allow_none": True} if args[1] is Any else {}), **options)
    if is_dataclass(hint):
        return ma.Nested(schema_of(typing.cast("type[Any]", hint)), **options)
    if hint not in _SCALARS:
        raise TypeError(f"{hint!r} has no place on the wire")
    return typing.cast("ma.Field[Any]", _SCALARS[hint](**options))
