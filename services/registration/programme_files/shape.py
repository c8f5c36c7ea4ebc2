"""The shape of a programme file: which keys there are and what stands in them (marshmallow)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from services.registration.domain.words import CHANNELS, KINDS, LANGUAGES, LEVELS, STATES

SLUG = validate.Regexp(
    r"^[a-z][a-z0-9_-]{0,63}\Z", error="write it in small letters, digits, - and _, at most 64 of them, as letter-1"
)
CLOCK = validate.Regexp(r"^([01]\d|2[0-3]):[0-5]\d\Z", error='write a time of day in quotes, as "20:00"')


A_DAY = 24 * 60
A_YEAR = 366
TEN_YEARS = 3_660
"""The bounds of lengths: each is far more than a programme needs, and nothing that any service reckons with overflows."""

MOST_MONEY_A_SESSION = 1_000_000_000
MOST_MONEY = 1_000_000_000_000
"""Minor units: a million sessions at the highest subsidy still add up to what 64 bits, and a browser, can hold."""

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


def _one_of(choices: tuple[str, ...]) -> validate.OneOf:
    return validate.OneOf(choices, error=f"use one of: {', '.join(choices)}")


class Strict(Schema):
    """A shape that refuses keys it does not know, and names those it does."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.error_messages["unknown"] = f"unknown key; known here: {', '.join(sorted(self.fields))}"
        self.error_messages["type"] = "a block of keys and values is needed here"


def _text(most: int, *, required: bool = True) -> fields.String:
    return fields.String(required=required, validate=_written(most))


def _written(most: int) -> Callable[[str], None]:
    def check(text: str) -> None:
        if not text.strip():
            raise ValidationError("write a text here")
        if len(text) > most:
            raise ValidationError(f"has {len(text)} characters; write at most {most}")

    return check


def _whole(least: int, most: int, *, required: bool = True, **options: Any) -> fields.Integer:
    rule = validate.Range(least, most, error=f"write a whole number from {least} to {most}")
    return fields.Integer(required=required, strict=True, validate=rule, **options)


def _day(*, allow_none: bool = False) -> fields.Date:
    rule = validate.Range(FIRST_DAY, LAST_DAY, error=f"write a date from {FIRST_DAY.year} to {LAST_DAY.year}")
    return fields.Date(required=True, allow_none=allow_none, validate=rule)


def _some(*, of: tuple[str, ...]) -> "fields.List[str]":
    """A list of at least one of the choices."""
    rule = validate.Length(min=1, error=f"is an empty list; name at least one of: {', '.join(of)}")
    return fields.List(fields.String(validate=_one_of(of)), required=True, validate=rule)


_AT_LEAST_ONE = validate.Length(min=1, error="is an empty list; write at least one")


class NamesShape(Strict):
    """One short text in each of the three languages."""

    da = _text(300)
    sv = _text(300)
    en = _text(300)


class MessageTextShape(Strict):
    """One message in one language; without `sms`, its short form is the platform's, or its subject and the link."""

    subject = _text(200)
    body = _text(10_000)
    sms = _text(459, required=False)


class WhoShape(Strict):
    """Who a duty catches."""

    kinds = _some(of=KINDS)


class ObligationShape(Strict):
    """A legal duty and the date it binds."""

    obligation_id = fields.String(required=True, validate=SLUG)
    topic = fields.String(required=True, validate=SLUG)
    binds_on = _day()
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

    minutes = _whole(1, A_DAY)
    gap_minutes = _whole(0, A_DAY, required=False, load_default=0)
    seats = _whole(1, 1_000)
    levels = fields.List(fields.String(validate=_one_of(LEVELS)))


class HelpFormsShape(Strict):
    """The forms of help that the programme offers; at least one."""

    desk = fields.Nested(FormShape)
    visit = fields.Nested(FormShape)
    course = fields.Nested(FormShape)


class AllocationShape(Strict):
    """How seats are given out."""

    horizon_days = _whole(1, A_YEAR)
    minimum_notice_hours = _whole(0, A_YEAR * 24)
    neighbours = fields.Boolean(required=True, truthy={True}, falsy={False})
    rebook_after_no_show = _whole(0, 100)


class SessionReminderShape(Strict):
    """One reminder before a session; the first channel that works is used."""

    before_hours = _whole(1, A_YEAR * 24)
    channels = _some(of=CHANNELS)


class RemindersShape(Strict):
    """Reminders that hang on something other than the deadline."""

    session = fields.List(fields.Nested(SessionReminderShape), required=True)


class LadderStepShape(Strict):
    """One step of the ladder, in days before the deadline (negative: after it)."""

    step = fields.String(required=True, validate=SLUG)
    days_before = _whole(-TEN_YEARS, TEN_YEARS)
    states = _some(of=STATES)
    channels = _some(of=CHANNELS)
    useless_after_days = _whole(1, TEN_YEARS)
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

    messages = _whole(1, 1_000)
    days = _whole(1, A_YEAR)


class FunderShape(Strict):
    """Who pays, and how many percent."""

    name = _text(300)
    share = _whole(1, 100)


class SubsidyShape(Strict):
    """Subsidy for each session held, by form, in minor units."""

    desk = _whole(0, MOST_MONEY_A_SESSION, required=False)
    visit = _whole(0, MOST_MONEY_A_SESSION, required=False)
    course = _whole(0, MOST_MONEY_A_SESSION, required=False)


class MoneyShape(Strict):
    """What libraries get for a session, and who pays; minor units."""

    currency = fields.String(required=True, validate=validate.Regexp(r"^[A-Z]{3}\Z", error="three letters, as DKK"))
    subsidy_per_session = fields.Nested(SubsidyShape, required=True)
    ceiling_per_municipality = _whole(0, MOST_MONEY)
    funders = fields.List(fields.Nested(FunderShape), required=True, validate=_AT_LEAST_ONE)


class ProgrammeShape(Strict):
    """A whole programme file."""

    programme_id = fields.String(required=True, validate=SLUG)
    country = fields.String(required=True, validate=_one_of(("dk", "se")))
    names = fields.Nested(NamesShape, required=True)
    time_zone = fields.String(required=True)
    starts_on = _day()
    ends_on = _day()
    deadline = _day(allow_none=True)
    obligations = fields.List(fields.Nested(ObligationShape), required=True)
    topics = fields.List(fields.Nested(TopicShape), required=True, validate=_AT_LEAST_ONE)
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
    suppress_below = _whole(1, 1_000, required=False, load_default=5)
