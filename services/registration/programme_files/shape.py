"""The shape of a programme file: which keys there are and what stands in them (marshmallow)."""

from typing import Any

from marshmallow import Schema, fields, validate

from services.registration.domain.words import CHANNELS, KINDS, LANGUAGES, LEVELS, STATES

SLUG = validate.Regexp(r"^[a-z][a-z0-9_-]*$", error="write it in small letters, digits, - and _, as letter-1")
CLOCK = validate.Regexp(r"^([01]\d|2[0-3]):[0-5]\d$", error='write a time of day in quotes, as "20:00"')


def _one_of(choices: tuple[str, ...]) -> validate.OneOf:
    return validate.OneOf(choices, error=f"use one of: {', '.join(choices)}")


class Strict(Schema):
    """A shape that refuses keys it does not know, and names those it does."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.error_messages["unknown"] = f"unknown key; known here: {', '.join(sorted(self.fields))}"
        self.error_messages["type"] = "a block of keys and values is needed here"


def _text(**options: Any) -> fields.String:
    return fields.String(required=True, validate=validate.Length(min=1, error="write a text here"), **options)


def _count(least: int = 0) -> fields.Integer:
    rule = validate.Range(min=least, error=f"write a whole number, at least {least}")
    return fields.Integer(required=True, strict=True, validate=rule)


class NamesShape(Strict):
    """One text in each of the three languages."""

    da = _text()
    sv = _text()
    en = _text()


class MessageTextShape(Strict):
    """The subject and body of one message in one language."""

    subject = _text()
    body = _text()


class WhoShape(Strict):
    """Who a duty catches."""

    kinds = fields.List(fields.String(validate=_one_of(KINDS)), required=True)


class ObligationShape(Strict):
    """A legal duty and the date it binds."""

    obligation_id = fields.String(required=True, validate=SLUG)
    topic = fields.String(required=True, validate=SLUG)
    binds_on = fields.Date(required=True)
    requires = fields.List(fields.String(), load_default=list)
    who = fields.Nested(WhoShape, required=True)
    exemption_grounds = fields.List(fields.String(validate=SLUG), load_default=list)
    names = fields.Nested(NamesShape, required=True)
    source = fields.Url(required=True)


class TopicShape(Strict):
    """A thing to learn, with its question in the skills inventory."""

    topic = fields.String(required=True, validate=SLUG)
    names = fields.Nested(NamesShape, required=True)
    questions = fields.Nested(NamesShape, required=True)


class FulfilledShape(Strict):
    """When a case is done: every one of these topics achieved, or any help at all."""

    topics = fields.List(fields.String())
    any_help = fields.Boolean(truthy={True}, falsy={False})


class FormShape(Strict):
    """How long a session of this form takes, and for how many."""

    minutes = _count(1)
    gap_minutes = fields.Integer(strict=True, load_default=0, validate=validate.Range(min=0))
    seats = _count(1)
    levels = fields.List(fields.String(validate=_one_of(LEVELS)))


class HelpFormsShape(Strict):
    """The forms of help that the programme offers; at least one."""

    desk = fields.Nested(FormShape)
    visit = fields.Nested(FormShape)
    course = fields.Nested(FormShape)


class AllocationShape(Strict):
    """How seats are given out."""

    horizon_days = _count(1)
    minimum_notice_hours = _count()
    neighbours = fields.Boolean(required=True, truthy={True}, falsy={False})
    rebook_after_no_show = _count()


class SessionReminderShape(Strict):
    """One reminder before a session; the first channel that works is used."""

    before_hours = _count(1)
    channels = fields.List(fields.String(validate=_one_of(CHANNELS)), required=True, validate=validate.Length(min=1))


class RemindersShape(Strict):
    """Reminders that hang on something other than the deadline."""

    session = fields.List(fields.Nested(SessionReminderShape), required=True)


class LadderStepShape(Strict):
    """One step of the ladder, in days before the deadline (negative: after it)."""

    step = fields.String(required=True, validate=SLUG)
    days_before = fields.Integer(required=True, strict=True)
    states = fields.List(fields.String(validate=_one_of(STATES)), required=True, validate=validate.Length(min=1))
    channels = fields.List(fields.String(validate=_one_of(CHANNELS)), required=True, validate=validate.Length(min=1))
    useless_after_days = _count(1)
    text = fields.String(required=True, validate=SLUG)


class QuietHoursShape(Strict):
    """When nobody hears from the programme, in its own time zone; `from` and `to` are times of day."""

    class Meta:
        """`from` is a Python word, so the fields are named here."""

        include = {  # noqa: RUF012 - marshmallow reads it so
            "from": fields.String(required=True, validate=CLOCK),
            "to": fields.String(required=True, validate=CLOCK),
        }


class CapShape(Strict):
    """At most so many capped messages to one organisation in so many days."""

    messages = _count(1)
    days = _count(1)


class FunderShape(Strict):
    """Who pays, and how many percent."""

    name = _text()
    share = _count(1)


class SubsidyShape(Strict):
    """Subsidy for each session held, by form, in minor units."""

    desk = fields.Integer(strict=True, validate=validate.Range(min=0))
    visit = fields.Integer(strict=True, validate=validate.Range(min=0))
    course = fields.Integer(strict=True, validate=validate.Range(min=0))


class MoneyShape(Strict):
    """What libraries get for a session, and who pays; minor units."""

    currency = fields.String(required=True, validate=validate.Regexp("^[A-Z]{3}$", error="three letters, as DKK"))
    subsidy_per_session = fields.Nested(SubsidyShape, required=True)
    ceiling_per_municipality = _count()
    funders = fields.List(fields.Nested(FunderShape), required=True, validate=validate.Length(min=1))


class ProgrammeShape(Strict):
    """A whole programme file."""

    programme_id = fields.String(required=True, validate=SLUG)
    country = fields.String(required=True, validate=_one_of(("dk", "se")))
    names = fields.Nested(NamesShape, required=True)
    time_zone = fields.String(required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    deadline = fields.Date(required=True, allow_none=True)
    obligations = fields.List(fields.Nested(ObligationShape), required=True)
    topics = fields.List(fields.Nested(TopicShape), required=True, validate=validate.Length(min=1))
    fulfilled_when = fields.Nested(FulfilledShape, required=True)
    help_forms = fields.Nested(HelpFormsShape, required=True)
    allocation = fields.Nested(AllocationShape, required=True)
    reminders = fields.Nested(RemindersShape, required=True)
    ladder = fields.List(fields.Nested(LadderStepShape), required=True)
    quiet_hours = fields.Nested(QuietHoursShape, required=True)
    cap = fields.Nested(CapShape, required=True)
    texts = fields.Dict(
        keys=fields.String(validate=SLUG),
        values=fields.Dict(keys=fields.String(validate=_one_of(LANGUAGES)), values=fields.Nested(MessageTextShape)),
        required=True,
    )
    money = fields.Nested(MoneyShape, required=True)
    suppress_below = fields.Integer(strict=True, load_default=5, validate=validate.Range(min=1))
