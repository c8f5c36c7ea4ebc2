"""The shapes of reporting's HTTP."""

from marshmallow import Schema, fields, validate

from services.reporting.domain.survey import COMMENT_LENGTH, SCORES

_CHOOSE = "Choose one of the five answers, 1 to 5; 5 is best."


class AnswerSchema(Schema):
    """The answer to a survey."""

    score = fields.Integer(
        required=True,
        validate=validate.OneOf(SCORES, error=_CHOOSE),
        error_messages={"required": _CHOOSE, "invalid": _CHOOSE},
        metadata={"description": "1 very dissatisfied … 5 very satisfied"},
    )
    first_visit = fields.Boolean(load_default=False, metadata={"description": "the first time at the library"})
    comment = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=COMMENT_LENGTH, error=f"Write at most {COMMENT_LENGTH} characters."),
    )


class SurveySchema(Schema):
    """How it stands with a survey."""

    survey_id = fields.String(required=True)
    answered = fields.Boolean(required=True)


class ProgrammeSchema(Schema):
    """A programme that is reported on."""

    programme_id = fields.String(required=True)
    names = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    deadline = fields.Date(required=True, allow_none=True)


class SummaryQuerySchema(Schema):
    """What to count: the whole country, or one municipality."""

    municipality = fields.String(load_default=None, metadata={"description": "as dk-0101"})


class MunicipalitiesSchema(Schema):
    """All municipalities' numbers. A number that is null is hidden, or there is nothing to count it from."""

    programme = fields.Dict(required=True)
    counted = fields.Dict(
        required=True, metadata={"description": "the local day, and the position of each producer's newest event"}
    )
    municipalities = fields.List(fields.Dict(), required=True)


class SummarySchema(MunicipalitiesSchema):
    """A programme's numbers, of the country or of one municipality."""

    municipality = fields.String(required=True, allow_none=True)
    cases = fields.Dict(required=True, metadata={"description": "total, states and groups; states add up to the total"})
    registrations = fields.Dict(required=True, metadata={"description": "by local day, beside what the model expects"})
    seats = fields.Dict(required=True)
    seat_weeks = fields.List(fields.Dict(), required=True)
    waits = fields.List(fields.Dict(), required=True)
    bookings = fields.Dict(required=True)
    topics = fields.List(fields.Dict(), required=True)
    messages = fields.Dict(required=True)
    surveys = fields.Dict(required=True)
    money = fields.Dict(required=True, allow_none=True)


class FreezeSchema(Schema):
    """Which programme's numbers to freeze."""

    programme_id = fields.String(required=True)


class ReportListSchema(Schema):
    """A frozen report, without its numbers."""

    report_id = fields.String(required=True)
    programme_id = fields.String(required=True)
    frozen_at = fields.AwareDateTime(required=True, format="iso")
    sha256 = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "of the text at `/content`, for outsiders of theirs; null for them in lists"},
    )


class ReportSchema(ReportListSchema):
    """A frozen report with its numbers; small cells are null for outsiders."""

    numbers = fields.Nested(SummarySchema, required=True)


class SubsidyLineSchema(Schema):
    """A session held, what it earned and what of that is paid; amounts in minor units."""

    session_id = fields.String(required=True)
    event_id = fields.String(required=True, metadata={"description": "the event that earned it"})
    form = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True, format="iso")
    seats = fields.Integer(required=True)
    attended = fields.Integer(required=True)
    earned = fields.Integer(required=True)
    paid = fields.Integer(required=True)
