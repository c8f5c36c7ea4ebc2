"""The quick way for a body comes to what the schema comes to, or leaves it to the schema."""

import json
from typing import Any

import pytest
from flask import Flask, request
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from messaging.storable import unstorable_paths
from services.registration.schemas.cases import RegistrationSchema
from web.quick_bodies import Doubt, quick_reader

REGISTRATION = {
    "programme_id": "dk-digital-post-2013",
    "number": "10150817",
    "kind": "association",
    "name": "Roskilde Roklub",
    "postcode": "4000",
    "email": "post@roklub.example",
    "channel": "email",
    "help_forms": ["desk"],
}

app = Flask(__name__)


def read(schema: Schema, raw: bytes) -> dict[str, Any] | None:
    """What the quick way makes of a body; None where it leaves it to the schema."""
    quick = quick_reader(schema)
    assert quick
    with app.test_request_context(method="POST", data=raw, content_type="application/json"):
        try:
            return quick(request)
        except Doubt:
            return None


def quickly(schema: Schema, body: Any) -> dict[str, Any] | None:
    return read(schema, json.dumps(body).encode())


class Everything(Schema):
    """A field of each kind that the quick way reads."""

    text = fields.String(required=True, validate=[validate.Length(min=1, max=5), validate.ContainsNoneOf("x")])
    choice = fields.String(load_default="a", validate=validate.OneOf(["a", "b"]))
    perhaps = fields.String(allow_none=True, load_default=None)
    number = fields.Integer(strict=True, validate=validate.Range(0, 3))
    flag = fields.Boolean(load_default=False)
    texts = fields.List(fields.String(validate=validate.OneOf(["a", "b"])), load_default=list)
    some = fields.List(fields.Integer(strict=True), validate=validate.Length(min=1), allow_none=True)


VALUES = st.recursive(
    st.sampled_from(["a", "b", "", "xyz", "too long", "\0", "1", 0, 1, 7, -1, 2**70, 1.0, 1.5, True, False, None]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "text"]), inner, max_size=2),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([*Everything().fields, "unknown"]), VALUES))
@settings(deadline=None)
def test_what_is_taken_is_what_the_schema_takes(body: dict[str, Any]) -> None:
    quick = quickly(Everything(), body)

    if quick is not None:
        assert quick == Everything().load(body, unknown=RAISE)
        assert not unstorable_paths(body)


@given(
    st.fixed_dictionaries(
        {"text": st.sampled_from(["a", "b"])}, optional={"some": st.just([1, 2]), "flag": st.booleans()}
    )
)
def test_what_is_right_is_taken(body: dict[str, Any]) -> None:
    assert quickly(Everything(), body) == Everything().load(body)


def test_a_registration_goes_the_quick_way() -> None:
    assert quickly(RegistrationSchema(), REGISTRATION) == RegistrationSchema().load(REGISTRATION)


class WithHook(Schema):
    """What it makes of a body is more than its fields."""

    text = fields.String()

    @post_load
    def shout(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value.upper() for name, value in data.items()}


class WithRule(Schema):
    """What it takes depends on several fields."""

    text = fields.String()

    @validates_schema
    def refuse(self, data: dict[str, Any], **_: Any) -> None:
        raise ValidationError("never")


class WithKey(Schema):
    """Its field has another name in JSON."""

    text = fields.String(data_key="words")


class WithDate(Schema):
    """Only marshmallow reads such a field."""

    day = fields.Date()


@pytest.mark.parametrize("schema", [WithHook(), WithRule(), WithKey(), WithDate(), Everything(many=True)], ids=repr)
def test_a_schema_that_does_more_is_left_to_marshmallow(schema: Schema) -> None:
    assert quick_reader(schema) is None


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'{"text": "\\ud800"}', b'{"text": "a"} {}', b"\xff"])
def test_what_is_no_object_is_left_to_webargs(raw: bytes) -> None:
    assert read(Everything(), raw) is None
