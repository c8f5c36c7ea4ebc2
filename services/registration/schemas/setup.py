"""Shapes of what operators set up: programmes, places, staff and imports."""

from marshmallow import Schema, fields, validate

from services.registration.domain.words import LANGUAGES
from services.registration.schemas.cases import LINE

ROLES = ("operator", "lead", "coach")


class ProgrammeSchema(Schema):
    """A programme as applied; `definition` is the whole checked file."""

    programme_id = fields.String()
    country = fields.String()
    version = fields.Integer()
    definition = fields.Dict()


class ProgrammesSchema(Schema):
    """All programmes."""

    items = fields.List(fields.Nested(ProgrammeSchema))


class ProgrammeStatesSchema(Schema):
    """How many cases are in each state; they sum to the cases there are."""

    programme_id = fields.String()
    states = fields.Dict(keys=fields.String(), values=fields.Integer())


class PlacesPutSchema(Schema):
    """How many rows were taken."""

    country = fields.String()
    rows = fields.Integer()


class PlaceSchema(Schema):
    """A municipality."""

    code = fields.String()
    name = fields.String()


class PlacesSchema(Schema):
    """Municipalities by name."""

    items = fields.List(fields.Nested(PlaceSchema))


class StaffSchema(Schema):
    """Somebody who may sign in; `municipality` is needed for leads and coaches."""

    staff_id = fields.UUID(dump_only=True)
    name = fields.String(required=True, validate=[LINE, validate.Length(min=1)])
    email = fields.Email(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    municipality = fields.String(load_default=None, allow_none=True, validate=LINE)
    coach_id = fields.String(load_default=None, allow_none=True, validate=LINE)
    language = fields.String(load_default="da", validate=validate.OneOf(LANGUAGES))
    active = fields.Boolean(load_default=True)


class SignInLinkSchema(Schema):
    """A sign-in link; it works once, within ten minutes."""

    link = fields.String(required=True)


class ImportRunSchema(Schema):
    """How far an import came. Counts of rows: `rows_staged` arrived, the others say what became of them."""

    run_id = fields.String()
    programme_id = fields.String()
    state = fields.String(metadata={"description": "receiving, staged, done or broken"})
    reason = fields.String(allow_none=True)
    rows_staged = fields.Integer()
    opened = fields.Integer()
    updated = fields.Integer()
    unchanged = fields.Integer()
    refused = fields.Integer()
    started_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)


class RefusedRowSchema(Schema):
    """A row that was not taken, and how to mend it."""

    line = fields.Integer()
    number = fields.String()
    field = fields.String()
    reason = fields.String()
