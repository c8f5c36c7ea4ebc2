"""What notifications tells the others: what became of each message, and who cannot be reached."""

from dataclasses import dataclass
from typing import ClassVar

from frist_contracts.event import Event, Lane


@dataclass(frozen=True, kw_only=True)
class MessageEvent(Event):
    """An event about one message; `case_id` is None for mail to staff.

    `purpose` says why it was written, as `booking_confirmed`, `session_reminder`, `ladder:letter-1`.
    """

    producer: ClassVar[str] = "notifications"
    subject_field: ClassVar[str] = "message_id"

    message_id: str
    case_id: str | None
    programme_id: str | None
    channel: str
    purpose: str


@dataclass(frozen=True, kw_only=True)
class MessageSent(MessageEvent):
    """The message was handed to the mail server, the SMS gateway or a letter batch."""


@dataclass(frozen=True, kw_only=True)
class MessageWithheld(MessageEvent):
    """The message was rightly not sent; `reason` is a slug such as `case_closed` or `useless_after`."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class MessageFailed(MessageEvent):
    """The message could not be sent on this channel, for good; `reason` is a slug."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class NoAddressLeft(Event):
    """No working address of the case's organisation is left, not even a postal one."""

    producer: ClassVar[str] = "notifications"
    lane: ClassVar[Lane] = Lane.URGENT
    subject_field: ClassVar[str] = "case_id"

    case_id: str
    programme_id: str
