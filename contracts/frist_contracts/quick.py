"""The quick way over the wire: plain functions made from the same type hints as the schema.

A quick loader takes only what is exactly right and says `Doubt` of anything else; then the marshmallow schema
decides, and words the refusal. So the schema alone says what is allowed, and the usual message costs a tenth.
"""

import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from typing import Any, Union

from frist_contracts.event import ENVELOPE_FIELDS, Event
from frist_contracts.schema import WHOLE, YEARS

Convert = Callable[[Any], Any]
_FIRST_YEAR, _LAST_YEAR = YEARS
_LEAST, _MOST = WHOLE


class Doubt(Exception):  # noqa: N818 - not an error: the schema has the last word
    """The value is not exactly what the hint says."""


def loader(cls: type[Any]) -> Convert:
    """From JSON data to a dict of values (an event) or an instance (a nested dataclass); raises `Doubt`."""
    hints = typing.get_type_hints(cls)
    members = [entry for entry in fields(cls) if entry.name not in ENVELOPE_FIELDS]
    wanted = [(entry.name, _loads(hints[entry.name]), _default(entry)) for entry in members]
    build: Callable[..., Any] = dict if issubclass(cls, Event) else cls

    def load(data: Any) -> Any:
        if type(data) is not dict:
            raise Doubt
        values = {}
        for name, convert, default in wanted:
            if name in data:
                values[name] = convert(data[name])
            elif default is None:
                raise Doubt
            else:
                values[name] = default()
        return build(**values)

    return load


def dumper(cls: type[Any]) -> Convert:
    """From an instance to JSON data."""
    hints = typing.get_type_hints(cls)
    members = [(e.name, _dumps(hints[e.name])) for e in fields(cls) if e.name not in ENVELOPE_FIELDS]
    return lambda value: {name: convert(getattr(value, name)) for name, convert in members}


def _default(entry: Any) -> Callable[[], Any] | None:
    if entry.default_factory is not MISSING:
        return entry.default_factory  # type: ignore[no-any-return]
    if entry.default is not MISSING:
        return lambda: entry.default
    return None


def _exactly(kind: type) -> Convert:
    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise Doubt
        return value

    return check


def _instant(value: Any) -> datetime:
    instant = _parsed(datetime, value)
    if instant.tzinfo is None:
        raise Doubt
    return instant  # type: ignore[no-any-return]


def _parsed(kind: Any, value: Any) -> Any:
    if type(value) is not str:
        raise Doubt
    try:
        parsed = kind.fromisoformat(value)
    except ValueError:
        raise Doubt from None
    if not _FIRST_YEAR <= parsed.year <= _LAST_YEAR:
        raise Doubt
    return parsed


def _whole(value: Any) -> int:
    if type(value) is not int or not _LEAST <= value <= _MOST:
        raise Doubt
    return value


def _same(value: Any) -> Any:
    return value


_LOADS: dict[Any, Convert] = {
    str: _exactly(str),
    int: _whole,
    bool: _exactly(bool),
    datetime: _instant,
    date: lambda value: _parsed(date, value),
    Any: _same,
}
_DUMPS: dict[Any, Convert] = {
    str: _same,
    int: _same,
    bool: _same,
    datetime: datetime.isoformat,
    date: date.isoformat,
    Any: _same,
}


def _loads(hint: Any) -> Convert:
    return _made(hint, _LOADS, loader, _each_loaded)


def _dumps(hint: Any) -> Convert:
    return _made(hint, _DUMPS, dumper, _each_dumped)


def _made(hint: Any, scalars: dict[Any, Convert], nested: Callable[[Any], Convert], each: Any) -> Convert:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (argument for argument in arguments if argument is not type(None))
        convert = _made(inner, scalars, nested, each)
        return lambda value: None if value is None else convert(value)
    if origin in (list, dict):
        return each(origin, _made(arguments[-1], scalars, nested, each))  # type: ignore[no-any-return]
    return nested(hint) if is_dataclass(hint) else scalars[hint]


def _each_loaded(origin: type, convert: Convert) -> Convert:
    def load(value: Any) -> Any:
        if type(value) is not origin:
            raise Doubt
        return _each_dumped(origin, convert)(value)

    return load


def _each_dumped(origin: type, convert: Convert) -> Convert:
    if origin is list:
        return lambda value: [convert(item) for item in value]
    return lambda value: {key: convert(item) for key, item in value.items()}
