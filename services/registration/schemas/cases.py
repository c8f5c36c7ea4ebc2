"""Shapes of registering, answering the inventory, changing contact data and ending a case."""

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from messaging.storable import REMEDY
from services.registration.domain.words import CHANNELS, FINAL_STATES, FORMS, KINDS, LANGUAGES, STATES

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
"""A letter's address is made of lines: none of them has a line feed inside."""


class _Line(validate.Length):
    """A text of limited length without invisible characters."""

    def __call__(self, value: Any) -> Any:
        """The text; raises ValidationError saying what to do about it."""
        super().__call__(value)
        if _CONTROLS.search(value):
            raise ValidationError(REMEDY)
        return value


LINE = _Line(max=200, error="Shorten this to 200 characters.")
"""What every line of text that people write must keep to."""


def _text(**options: object) -> fields.String:
    return fields.String(validate=LINE, allow_none=True, load_default=None, **options)  # type: ignore[arg-type]


def choice(values: tuple[str, ...], sentence: str, **options: object) -> fields.String:
    """A field with a closed list of values; `sentence` says what to do, whatever is wrong."""
    messages = {"required": sentence}
    return fields.String(validate=validate.OneOf(values, error=sentence), error_messages=messages, **options)  # type: ignore[arg-type]


class ContactSchema(Schema):
    """How the organisation can be reached; the postal address may be left to the register."""

    name = fields.String(
        required=True,
        validate=[LINE, validate.Length(min=1, error="Write the name of the organisation.")],
        error_messages={"required": "Write the name of the organisation."},
    )
    contact_name = _text(metadata={"description": "whom to ask for"})
    address = _text()
    postcode = _text()
    city = _text()
    email = _text()
    phone = _text(metadata={"description": "a mobile number for text messages"})
    language = choice(LANGUAGES, "Choose a language.", load_default="da")
    channel = choice(CHANNELS, "Choose how you want to hear from us.", required=True)


class RegistrationSchema(ContactSchema):
    """The wish to register an organisation."""

    programme_id = fields.String(required=True, validate=LINE, metadata={"example": "dk-digital-post-2013"})
    number = fields.String(
        required=True,
        validate=LINE,
        error_messages={"required": "Write the organisation's number."},
        metadata={"description": "CVR number or organisationsnummer", "example": "10150817"},
    )
    kind = choice(KINDS, "Choose what kind of organisation it is.", required=True)
    municipality = _text(metadata={"description": "needed when the postcode does not tell", "example": "dk-0101"})
    help_forms = fields.List(
        fields.String(validate=validate.OneOf(FORMS)),
        load_default=list,
        metadata={"description": "forms of help that suit the organisation; empty: any"},
    )


class RegisteredSchema(Schema):
    """What came of it. `link` and `token` are null when the organisation was registered before: it is sent its link."""

    case_id = fields.String(required=True)
    state = fields.String(allow_none=True, required=True)
    link = fields.String(allow_none=True, required=True)
    token = fields.String(allow_none=True, required=True)


class InventorySchema(Schema):
    """Answers to the skills inventory: a level 0-3 for each topic, what help is wanted with, and in which forms."""

    levels = fields.Dict(keys=fields.String(), values=fields.Integer(strict=True), required=True)
    topics = fields.List(fields.String(), load_default=list)
    help_forms = fields.List(
        fields.String(validate=validate.OneOf(FORMS)),
        load_default=None,
        validate=validate.Length(min=1, error="Choose at least one form of help."),
        metadata={"description": "forms of help that suit the organisation; left out: those accepted so far"},
    )


class StateSchema(Schema):
    """The state of a case."""

    case_id = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))


class DutySchema(Schema):
    """One duty of the organisation; duties come in the order to meet them."""

    obligation_id = fields.String()
    topic = fields.String()
    binds_on = fields.Date()
    is_done = fields.Boolean()


class ShownContactSchema(Schema):
    """Contact data as kept."""

    organisation_name = fields.String()
    contact_name = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    city = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    language = fields.String()
    channel = fields.String()


class ShownCaseSchema(StateSchema):
    """A case with all that its organisation may see of it."""

    programme_id = fields.String()
    organisation_id = fields.String(allow_none=True)
    number = fields.String(allow_none=True)
    kind = fields.String()
    municipality = fields.String()
    ending_reason = fields.String(allow_none=True)
    is_late = fields.Boolean()
    deadline = fields.String(allow_none=True)
    contact = fields.Nested(ShownContactSchema, allow_none=True)
    help_forms = fields.List(fields.String())
    levels = fields.Dict(keys=fields.String(), values=fields.Integer(), allow_none=True)
    topics = fields.List(fields.String())
    achieved = fields.List(fields.String())
    duties = fields.List(fields.Nested(DutySchema))


class ListedCaseSchema(Schema):
    """A case in a list for staff."""

    case_id = fields.String()
    programme_id = fields.String()
    organisation_id = fields.String(allow_none=True)
    number = fields.String(allow_none=True)
    name = fields.String(allow_none=True)
    kind = fields.String()
    municipality = fields.String()
    state = fields.String()
    opened_at = fields.AwareDateTime()
    registered_at = fields.AwareDateTime(allow_none=True)
    changed_at = fields.AwareDateTime()


class CaseFilterSchema(Schema):
    """What to look for."""

    programme_id = fields.String(load_default=None, validate=LINE)
    municipality = fields.String(load_default=None, validate=LINE)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    words = fields.String(
        load_default=None, validate=LINE, metadata={"description": "a number, an e-mail address or part of a name"}
    )


class ClosureSchema(Schema):
    """How a case ends by decision; an exemption needs one of the programme's grounds as `reason`."""

    state = fields.String(required=True, validate=validate.OneOf(FINAL_STATES))
    reason = fields.String(
        required=True,
        validate=[LINE, validate.Length(min=1, error="Write or choose a reason.")],
        error_messages={"required": "Write or choose a reason."},
    )
    evidence = _text(metadata={"description": "where the proof is, as a journal number; no personal data"})


class LinkSchema(Schema):
    """The organisation's new link; the old one no longer works."""

    link = fields.String(required=True)
    token = fields.String(required=True)
