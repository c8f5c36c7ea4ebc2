"""JSON Schema (2020-12) of an event's `data`, made from the very fields that read it."""

from typing import Any

from marshmallow import Schema
from marshmallow import fields as wire

from frist_contracts.event import Event
from frist_contracts.schema import schema_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_PLAIN: tuple[tuple[type[Any], dict[str, Any]], ...] = (
    (wire.Integer, {"type": "integer"}),
    (wire.Boolean, {"type": "boolean"}),
    (wire.AwareDateTime, {"type": "string", "format": "date-time"}),
    (wire.Date, {"type": "string", "format": "date"}),
    (wire.String, {"type": "string"}),
    (wire.Raw, {}),
)


def schema_of_data(event: type[Event]) -> dict[str, Any]:
    """The schema of what the event carries; fields it does not name are allowed, and ignored by readers."""
    return {
        "$schema": DIALECT,
        "$id": f"{event.type_name()}.json",
        "title": event.__name__,
        "description": one_line(event.__doc__),
        **_object(schema_of(event)),
    }


def one_line(text: str | None) -> str:
    """A docstring as one line of prose."""
    return " ".join((text or "").split())


def _object(schema: Schema) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _property(field) for name, field in schema.fields.items()},
        "required": [name for name, field in schema.fields.items() if field.required],
    }


def _property(field: Any) -> dict[str, Any]:
    described = _value(field)
    if field.required or callable(field.load_default):
        return described
    return {**described, "default": field.load_default}


def _value(field: Any) -> dict[str, Any]:
    described = _described(field)
    if field.allow_none and "type" in described:
        return {**described, "type": [described["type"], "null"]}
    return described


def _described(field: Any) -> dict[str, Any]:
    if isinstance(field, wire.List):
        return {"type": "array", "items": _value(field.inner)}
    if isinstance(field, wire.Dict):
        return {"type": "object", "additionalProperties": _value(field.value_field)}
    if isinstance(field, wire.Nested):
        return _object(field.schema)
    return next(dict(described) for kind, described in _PLAIN if isinstance(field, kind))
