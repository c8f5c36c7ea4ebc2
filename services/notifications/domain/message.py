"""One text to one organisation over one channel. It is kept as a template's name and parameters, never as text."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from services.notifications.domain.identity import message_id_of
from services.notifications.domain.purposes import Purpose, rules_of
from services.notifications.domain.recipient import EMAIL, LETTER, SMS

PLANNED = "planned"
SENDING = "sending"
SENT = "sent"
WITHHELD = "withheld"
FAILED = "failed"

MESSAGE_STATES = (PLANNED, SENDING, SENT, WITHHELD, FAILED)


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message and where it stands.

    `sequence` orders the messages about one case's placement: a later one supersedes those before it.
    `wanted` are the channels a programme's step names (None: any), `for_states` the states it is meant for.
    `version` counts what became of it; `follows` is the message that did not arrive before it.
    """

    message_id: str
    case_id: str | None
    programme_id: str | None
    municipality: str
    purpose: str
    text: str
    send_after: datetime
    useless_after: datetime
    parameters: dict[str, Any] = field(default_factory=dict)
    sequence: int = 0
    wanted: tuple[str, ...] | None = None
    for_states: tuple[str, ...] | None = None
    channel: str | None = None
    state: str = PLANNED
    reason: str | None = None
    attempts: int = 0
    version: int = 0
    follows: str | None = None
    created_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def rules(self) -> Purpose:
        """The rules of its purpose."""
        return rules_of(self.purpose)


def draft(
    purpose: str,
    *,
    subject: str,
    occasion: str,
    at: datetime,
    municipality: str,
    case_id: str | None,
    programme_id: str | None,
    sequence: int = 0,
    useless_after: datetime | None = None,
    parameters: dict[str, Any] | None = None,
) -> Message:
    """The message that an event at `at` calls for."""
    rules = rules_of(purpose)
    return Message(
        message_id=message_id_of(subject, purpose, occasion),
        case_id=case_id,
        programme_id=programme_id,
        municipality=municipality,
        purpose=purpose,
        text=purpose,
        send_after=at + rules.delay,
        useless_after=max(useless_after or at + rules.lasts, at + timedelta(minutes=1)),
        parameters=parameters or {},
        sequence=sequence,
    )


def again(message: Message, now: datetime, *, rather_than: str | None = None) -> Message:
    """The same message once more, because this one did not arrive: the channel it went by comes last, if it is named.

    A channel whose address has proved bad need not be named; it is not used any more anyway.
    """
    wanted = message.wanted
    if rather_than:
        wanted = tuple(dict.fromkeys(each for each in (*(wanted or ()), EMAIL, SMS, LETTER) if each != rather_than))
    return replace(
        message,
        message_id=message_id_of(message.message_id, message.purpose, "again"),
        follows=message.message_id,
        send_after=now,
        wanted=wanted,
        channel=None,
        state=PLANNED,
        reason=None,
        attempts=0,
        version=0,
        created_at=None,
        settled_at=None,
    )
