"""The shapes of notifications' HTTP."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from services.notifications.domain.message import MESSAGE_STATES
from web.paging import page_schema

CHANNELS = ("email", "sms", "letter")
LANGUAGES = ("da", "sv", "en")
REPORT_STATES = ("delivered", "failed", "rejected", "expired")


class MessageSchema(Schema):
    """A message: what it was for, where it stands and why. Never its text, never an address."""

    message_id = fields.String(required=True)
    case_id = fields.String(allow_none=True)
    programme_id = fields.String(allow_none=True)
    municipality = fields.String(required=True)
    purpose = fields.String(required=True, metadata={"example": "booking_confirmed"})
    channel = fields.String(allow_none=True, validate=validate.OneOf(CHANNELS))
    state = fields.String(required=True, validate=validate.OneOf(MESSAGE_STATES))
    reason = fields.String(allow_none=True, metadata={"description": "why it was not sent, or what came back"})
    send_after = fields.AwareDateTime(required=True)
    useless_after = fields.AwareDateTime(required=True)
    created_at = fields.AwareDateTime(required=True)
    settled_at = fields.AwareDateTime(allow_none=True, metadata={"description": "when it was sent, withheld or failed"})
    attempts = fields.Integer(required=True)
    follows = fields.String(allow_none=True, metadata={"description": "the message that did not arrive before it"})


MessagePageSchema = page_schema(MessageSchema)


class MessageQuerySchema(Schema):
    """What to look for; filters are combined."""

    class Meta:
        """Paging is read by its own schema."""

        unknown = EXCLUDE

    state = fields.String(validate=validate.OneOf(MESSAGE_STATES))
    purpose = fields.String(metadata={"description": "as `ladder` for all its steps, or `ladder:letter-1`"})
    channel = fields.String(validate=validate.OneOf(CHANNELS))
    reason = fields.String()
    case_id = fields.String()
    programme_id = fields.String()
    municipality = fields.String(metadata={"example": "dk-0101"})


class CountsQuerySchema(Schema):
    """Which messages to count."""

    programme_id = fields.String(load_default=None)
    municipality = fields.String(load_default=None)


class CountSchema(Schema):
    """How many messages share a purpose, state, channel and reason; the steps of ladders are counted together."""

    purpose = fields.String(required=True)
    state = fields.String(required=True)
    channel = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    messages = fields.Integer(required=True)


class BacklogSchema(Schema):
    """What is due and not sent yet, by lane; letters that wait for the next print run; what is being sent."""

    urgent = fields.Integer(required=True)
    bulk = fields.Integer(required=True)
    letters = fields.Integer(required=True)
    sending = fields.Integer(required=True)


class LetterBatchSchema(Schema):
    """A printed part of a business day's letters."""

    batch_id = fields.String(required=True)
    programme_id = fields.String(required=True)
    printed_on = fields.Date(required=True)
    part = fields.Integer(required=True)
    letters = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("ready", "stale", "removed")))
    created_at = fields.AwareDateTime(required=True)
    downloaded_at = fields.AwareDateTime(allow_none=True)


LetterBatchPageSchema = page_schema(LetterBatchSchema)


class TextsQuerySchema(Schema):
    """Which texts to show."""

    programme_id = fields.String(required=True)
    language = fields.String(load_default=None, validate=validate.OneOf(LANGUAGES))


class PreviewSchema(Schema):
    """A text with example facts; `parts` is how many SMS its short form takes."""

    key = fields.String(required=True)
    language = fields.String(required=True)
    subject = fields.String(required=True)
    body = fields.String(required=True)
    short = fields.String(required=True)
    parts = fields.Integer(required=True)
    is_the_programmes_own = fields.Boolean(required=True)


class DeliveryReportSchema(Schema):
    """What the SMS gateway says of one SMS; it may say more, which is ignored."""

    class Meta:
        """Gateways add fields of their own."""

        unknown = EXCLUDE

    reference = fields.String(required=True, validate=validate.Length(1, 64))
    status = fields.String(required=True, validate=validate.OneOf(REPORT_STATES))


class ReturnSchema(Schema):
    """The reference at the foot of a letter that came back."""

    reference = fields.UUID(
        required=True,
        error_messages={
            "required": "Write the reference from the foot of the letter.",
            "invalid_uuid": "A reference has 32 letters and digits in five groups, as at the foot of the letter.",
        },
    )


Body = dict[str, Any]
