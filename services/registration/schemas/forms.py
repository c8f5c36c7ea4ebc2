"""Shapes of the forms on pages. Every sentence here is translated in the pages' catalogues."""

from marshmallow import Schema, fields, validate

from services.registration.domain.words import FINAL_STATES
from services.registration.schemas.cases import LINE, ContactSchema, choice


class NumberForm(Schema):
    """The first step of registering, and asking for one's link."""

    number = fields.String(required=True, error_messages={"required": "Write the organisation's number."})


class FindCaseForm(NumberForm):
    """Asking for one's link in a programme."""

    programme_id = fields.String(required=True, validate=LINE, error_messages={"required": "Choose a programme."})


class DetailsForm(ContactSchema):
    """The second step of registering; what is known already comes as hidden fields."""

    number = fields.String(required=True, error_messages={"required": "Write the organisation's number."})
    kind = choice(
        ("company", "sole_proprietor", "association"), "Choose what kind of organisation it is.", required=True
    )
    municipality = fields.String(load_default=None, validate=LINE)
    help_forms = fields.List(fields.String(), load_default=list)


class SignInForm(Schema):
    """Asking for a sign-in link."""

    email = fields.Email(
        required=True,
        error_messages={
            "required": "Write your e-mail address.",
            "invalid": "Write the e-mail address as name@example.org.",
        },
    )
    next = fields.String(load_default="")


class ClosureForm(Schema):
    """Ending a case by decision."""

    state = fields.String(
        required=True,
        validate=validate.OneOf(FINAL_STATES, error="Choose how the case ends."),
        error_messages={"required": "Choose how the case ends."},
    )
    reason = fields.String(load_default="", validate=LINE)
    ground = fields.String(load_default="")
    evidence = fields.String(
        load_default=None, validate=validate.Length(max=200, error="Shorten this to 200 characters.")
    )
