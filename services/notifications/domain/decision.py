"""What is to be done with a message whose time has come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.notifications.domain.message import Message
from services.notifications.domain.programme import Cap, Programme
from services.notifications.domain.purposes import CANCELLED, CONFIRMED, LADDER, MISSED, MOVED, SESSION_REMINDER
from services.notifications.domain.recipient import ATTENDED, BOOKED, LETTER, Contact, Recipient, choose_channel

LETTER_TAKES = timedelta(days=2)
"""From the batch to the letterbox; a reminder that would come later than its use is not printed."""


@dataclass(frozen=True)
class Deliver:
    """Send it now on this channel."""

    channel: str


@dataclass(frozen=True)
class Withhold:
    """Rightly not sent, for this reason."""

    reason: str


@dataclass(frozen=True)
class Fail:
    """Cannot be sent, for this reason."""

    reason: str


@dataclass(frozen=True)
class Wait:
    """Not now: look again at `until`; None means as soon as more is known."""

    until: datetime | None


Decision = Deliver | Withhold | Fail | Wait


def decide(
    message: Message, recipient: Recipient, programme: Programme, now: datetime, recent: Sequence[datetime]
) -> Decision:
    """Whether, when and how the message goes; `recent` are the times of the case's capped messages so far."""
    reason = reason_not_to_send(message, recipient, programme, now)
    if reason:
        return Withhold(reason)
    if recipient.contact is None:
        return Wait(None)
    channel = choose_channel(recipient.contact, message.wanted)
    if channel is None:
        return Fail("no_address")
    if channel == LETTER and now + LETTER_TAKES > message.useless_after:
        if message.rules.is_capped:
            return Withhold("too_late_for_letter")
        channel = _faster(message, recipient.contact)
    return _in_time(message, channel, programme, now, recent)


def _faster(message: Message, contact: Contact) -> str:
    """What is told at once about a place goes rather by phone or mail than by a letter that comes after the session."""
    if not (message.rules.is_at_once and message.rules.is_about_placement):
        return LETTER
    return choose_channel(replace(contact, bad=contact.bad | {LETTER}), message.wanted) or LETTER


def reason_not_to_send(
    message: Message, recipient: Recipient, programme: Programme | None, now: datetime
) -> str | None:
    """Why a message is not to be sent any more, or None."""
    left_the_ladder = message.purpose.startswith(LADDER) and programme and not _is_on_ladder(message, programme)
    out_of_place = message.rules.is_about_placement and is_superseded(message, recipient)
    reasons = {
        "erased": recipient.is_erased,
        "useless_after": now >= message.useless_after,
        "case_closed": recipient.state in message.rules.silent_in,
        "state_changed": message.for_states is not None and recipient.state not in message.for_states,
        "superseded": left_the_ladder or out_of_place,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def is_superseded(message: Message, recipient: Recipient) -> bool:
    """Whether a newer word on the case's place makes this one wrong.

    What happened to a booking is told in order, each change of it; only when a newer word has gone out first
    (this one had to be tried again) is the older dropped. A cancellation stays true: its booking never revives, and
    without it the old entry would stay in the calendar beside the new one.
    """
    placement = recipient.placement
    if message.purpose == SESSION_REMINDER:
        booked = (placement.booking_id, placement.revision) if placement.kind == BOOKED else None
        return booked != (message.parameters.get("booking_id"), message.parameters.get("revision"))
    if message.purpose == CANCELLED:
        return False
    if message.purpose in (CONFIRMED, MOVED):
        return recipient.announced_sequence > message.sequence
    if message.purpose == MISSED:
        return placement.sequence > message.sequence and placement.kind in (BOOKED, ATTENDED)
    return placement.sequence > message.sequence


def _is_on_ladder(message: Message, programme: Programme) -> bool:
    due_at = message.parameters.get("due_at")
    return due_at is not None and programme.step(message.purpose, datetime.fromisoformat(due_at)) is not None


def _in_time(
    message: Message, channel: str, programme: Programme, now: datetime, recent: Sequence[datetime]
) -> Decision:
    earliest, why = now, ""
    if message.rules.is_capped or message.rules.gives_way:
        earliest, why = free_from(programme.cap, recent, now), "cap"
    if channel != LETTER and not message.rules.is_at_once:
        allowed = programme.quiet_hours.next_allowed(earliest)
        earliest, why = allowed, why if allowed == earliest and why else "quiet_hours"
    if earliest <= now:
        return Deliver(channel)
    return Wait(earliest) if earliest < message.useless_after else Withhold(why)


def free_from(cap: Cap, recent: Sequence[datetime], now: datetime) -> datetime:
    """When the cap lets one more through: now, or when the oldest that stands in the way leaves the window."""
    inside = sorted(at for at in recent if at > now - cap.window)
    if len(inside) < cap.messages:
        return now
    return inside[-cap.messages] + cap.window
