"""The quick way for a JSON body past webargs and marshmallow: a plain function made from the schema's own fields.

It takes only what is exactly right and says `Doubt` of anything else; then the schema reads the body, and words the refusal.
So the schema alone says what is allowed, and the usual body costs a fifth: 40 µs against 180 for a registration.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
from flask import Request
from marshmallow import Schema, ValidationError, fields, missing

from messaging.storable import is_storable

Convert = Callable[[Any], Any]


class Doubt(Exception):  # noqa: N818 - not an error: the schema has the last word
    """The body is not exactly what the schema says."""


@cache
def quick_reader(schema: Schema) -> Callable[[Request], dict[str, Any]] | None:
    """What reads a request's body as the schema would, or raises `Doubt`; None for a schema that only marshmallow can read.

    That is one with hooks of its own, or with fields that are not plain texts, numbers, booleans or lists of such.
    """
    if schema.many or schema.partial or any(schema._hooks.values()):  # noqa: SLF001 - marshmallow tells it to nobody
        return None
    wanted = {}
    for name, field in schema.load_fields.items():
        convert = _converter(field)
        if convert is None or field.data_key or field.attribute:
            return None
        wanted[name] = convert, _default(field)

    def read(request: Request) -> dict[str, Any]:
        data = _json_of(request)
        values = {}
        for name, (convert, default) in wanted.items():
            if name in data:
                values[name] = convert(data.pop(name))
            elif (value := default()) is not missing:
                values[name] = value
        if data:
            raise Doubt
        return values

    return read


def _json_of(request: Request) -> dict[str, Any]:
    if not request.is_json:
        raise Doubt
    try:
        data = orjson.loads(request.get_data())
    except ValueError:
        raise Doubt from None
    if type(data) is not dict:
        raise Doubt
    return data


def _converter(field: fields.Field[Any]) -> Convert | None:
    """From the JSON of one field to its value; None where only marshmallow knows."""
    if field.pre_load or field.post_load:
        return None
    if type(field) is fields.List:
        inner = _converter(field.inner)
        return None if inner is None else _checked(field, _each(inner))
    kind = _KINDS.get(type(field))
    return None if kind is None else _checked(field, kind)


def _checked(field: fields.Field[Any], convert: Convert) -> Convert:
    """With the field's own validators; what may be null is not asked any further."""
    validators, may_be_null = tuple(field.validators), field.allow_none

    def check(value: Any) -> Any:
        if value is None and may_be_null:
            return None
        value = convert(value)
        try:
            for validate in validators:
                validate(value)
        except ValidationError:
            raise Doubt from None
        return value

    return check


def _default(field: fields.Field[Any]) -> Callable[[], Any]:
    default = field.load_default
    if field.required:
        return _doubt
    return default if callable(default) else lambda: default


def _doubt() -> Any:
    raise Doubt


def _exactly(kind: type) -> Convert:
    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise Doubt
        return value

    return check


def _text(value: Any) -> str:
    if type(value) is not str or not is_storable(value):
        raise Doubt
    return value


def _each(convert: Convert) -> Convert:
    def check(value: Any) -> list[Any]:
        if type(value) is not list:
            raise Doubt
        return [convert(item) for item in value]

    return check


_KINDS: dict[type[fields.Field[Any]], Convert] = {
    fields.String: _text,
    fields.Integer: _exactly(int),
    fields.Boolean: _exactly(bool),
}
