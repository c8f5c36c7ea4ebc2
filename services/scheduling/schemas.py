"""The shapes of scheduling's HTTP."""

from marshmallow import Schema, fields, validate

from messaging.reach import FIRST, LAST
from services.scheduling.domain.rows import FORMS, LANGUAGES
from web.paging import CursorField

LEVEL = validate.Range(0, 3)
TEXT = validate.Length(min=1, max=200)
DAY = validate.Range(FIRST, LAST, error="Write a day from {min} to {max}.")


class SessionSchema(Schema):
    """A session; times are UTC, `day` is its local day. A visit has no venue: it is at the organisation's."""

    session_id = fields.String(required=True)
    programme_id = fields.String(required=True)
    municipality = fields.String(required=True)
    form = fields.String(required=True)
    level = fields.String(required=True, allow_none=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    day = fields.Date(required=True)
    venue_name = fields.String(required=True)
    venue_address = fields.String(required=True)
    coach_id = fields.String(required=True)
    coach_name = fields.String(required=True)
    languages = fields.List(fields.String(), required=True)
    topics = fields.List(fields.String(), required=True)
    seats = fields.Integer(required=True)
    taken = fields.Integer(required=True)
    state = fields.String(required=True)


class OwnBookingSchema(Schema):
    """The case's own booking."""

    booking_id = fields.String(required=True)
    revision = fields.Integer(required=True)
    state = fields.String(required=True)
    topics = fields.List(fields.String(), required=True)
    session = fields.Nested(SessionSchema, required=True)


class PlaceSchema(Schema):
    """Where a case stands: `none`, `waiting`, `booked`, `attended` or `unplaced`."""

    state = fields.String(required=True)
    waiting_place = fields.Integer(required=True, allow_none=True)
    booking = fields.Nested(OwnBookingSchema, required=True, allow_none=True)
    free = fields.List(fields.Nested(SessionSchema), required=True)
    next = fields.String(
        required=True, allow_none=True, metadata={"description": "cursor of later free seats, for `after`"}
    )


class FreeSeatsQuerySchema(Schema):
    """Which free seats to tell of."""

    form = fields.String(load_default=None, validate=validate.OneOf(FORMS))
    free = fields.Integer(load_default=20, validate=validate.Range(0, 200))
    after = CursorField(load_default=(), metadata={"description": "`next` of the page before", "type": "string"})


class ChosenSessionSchema(Schema):
    """The session a case chooses."""

    session_id = fields.String(required=True, validate=TEXT)


class DeskBookingSchema(Schema):
    """A case that staff book into a session."""

    case_id = fields.String(required=True, validate=TEXT)
    session_id = fields.String(required=True, validate=TEXT)


class DayQuerySchema(Schema):
    """Whose day: a coach's, or without one everybody's of a municipality or the country."""

    coach_id = fields.String(load_default=None)
    municipality = fields.String(load_default=None)
    date = fields.Date(load_default=None, validate=DAY)


class OutcomeSchema(Schema):
    """What was achieved for one topic."""

    topic = fields.String(required=True, validate=TEXT)
    achieved = fields.Boolean(required=True)
    level_before = fields.Integer(required=True, validate=LEVEL)
    level_after = fields.Integer(required=True, validate=LEVEL)


class VisitorSchema(Schema):
    """A booking of a day, with who comes and what they need."""

    booking_id = fields.String(required=True)
    case_id = fields.String(required=True)
    state = fields.String(required=True)
    topics = fields.List(fields.String(), required=True)
    levels = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    language = fields.String(required=True)
    level = fields.String(required=True)
    booked_at = fields.AwareDateTime(required=True)
    organisation_name = fields.String(required=True, allow_none=True)
    contact_name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    session = fields.Nested(SessionSchema, required=True)


class DaySchema(Schema):
    """A day: who comes, and for one coach who came before and is not recorded yet."""

    date = fields.Date(required=True)
    items = fields.List(fields.Nested(VisitorSchema), required=True)
    overdue = fields.List(fields.Nested(VisitorSchema), required=True)
    next = fields.String(required=True, allow_none=True)


REBOOK = "the organisation needs another session for what is not achieved; it gets none when its duty is met, as its case ends"


class AttendanceSchema(Schema):
    """What the coach records; a topic left out is not achieved and keeps its level."""

    attended = fields.Boolean(required=True)
    outcomes = fields.List(fields.Nested(OutcomeSchema), load_default=list)
    rebook = fields.Boolean(load_default=False, metadata={"description": REBOOK})


class CorrectionSchema(AttendanceSchema):
    """What is to stand in place of what was recorded, and why; a topic left out stays as it was recorded."""

    reason = fields.String(required=True, validate=validate.Length(min=1, max=500))


class RecordedSchema(Schema):
    """The booking after it was recorded."""

    booking_id = fields.String(required=True)
    state = fields.String(required=True)


class CourseSchema(Schema):
    """A course to open. Seats left out as the programme says, topics left out all the coach is accredited for."""

    programme_id = fields.String(required=True, validate=TEXT)
    coach_id = fields.String(required=True, validate=TEXT)
    venue_id = fields.String(required=True, validate=TEXT)
    starts_at = fields.AwareDateTime(required=True)
    level = fields.String(required=True)
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    room = fields.String(load_default="", validate=validate.Length(max=60))
    seats = fields.Integer(load_default=0, validate=validate.Range(0, 200))
    topics = fields.List(fields.String(), load_default=list)


class SessionsQuerySchema(Schema):
    """Which sessions to list."""

    municipality = fields.String(load_default=None)
    first = fields.Date(required=True, validate=DAY)
    last = fields.Date(required=True, validate=DAY)


class CancelSchema(Schema):
    """Why a session is cancelled."""

    reason = fields.String(load_default="cancelled_by_staff", validate=TEXT)


class VenueSchema(Schema):
    """A venue; `opening` as `mon 10:00-18:00; sat 10:00-14:00`, empty for always."""

    venue_id = fields.String(dump_only=True)
    municipality = fields.String(required=True)
    name = fields.String(required=True, validate=TEXT)
    address = fields.String(required=True, validate=TEXT)
    opening = fields.String(load_default="")


class CoachSchema(Schema):
    """A coach; `availability` as in the CSV file: `mon 10:00-16:00@venue_id; …`."""

    coach_id = fields.String(dump_only=True)
    name = fields.String(required=True, validate=TEXT)
    email = fields.String(required=True, validate=TEXT)
    municipalities = fields.List(fields.String(), required=True, validate=validate.Length(min=1))
    languages = fields.List(fields.String(), required=True, validate=validate.Length(min=1))
    forms = fields.List(fields.String(), required=True, validate=validate.Length(min=1))
    accreditations = fields.Dict(keys=fields.String(), values=fields.Date(), required=True)
    availability = fields.String(load_default="")


class AbsenceSchema(Schema):
    """A time a coach is away."""

    absence_id = fields.String(dump_only=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=200))


class RefusedRowSchema(Schema):
    """A row that was not taken, and how to mend it."""

    line = fields.Integer(required=True)
    field = fields.String(required=True, allow_none=True)
    message = fields.String(required=True)


class ImportReportSchema(Schema):
    """What became of a file."""

    rows = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    refusals = fields.List(fields.Nested(RefusedRowSchema), required=True)


class WaitingSchema(Schema):
    """One in line."""

    case_id = fields.String(required=True)
    place = fields.Integer(required=True)
    reason = fields.String(required=True)
    wished_at = fields.AwareDateTime(required=True)
    first_in_line = fields.Boolean(required=True)
    topics = fields.List(fields.String(), required=True)
    help_forms = fields.List(fields.String(), required=True)
    language = fields.String(required=True)
    level = fields.String(required=True)


class WaitingQuerySchema(Schema):
    """Whose line."""

    municipality = fields.String(load_default=None)
