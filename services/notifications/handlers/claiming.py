"""Takes messages whose time has come: decides on each, and claims those that are to be sent now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from services.notifications.channels.wording import Parcel
from services.notifications.domain.decision import (
    Decision,
    Deliver,
    Fail,
    Wait,
    Withhold,
    decide,
    reason_not_to_send,
)
from services.notifications.domain.message import FAILED, PLANNED, SENDING, WITHHELD, Message
from services.notifications.domain.programme import Programme
from services.notifications.domain.recipient import EMAIL, LETTER, SMS, Recipient
from services.notifications.handlers.outcomes import NO_CHANNEL, tell_failed, tell_no_address, tell_withheld
from services.notifications.storage.messages import Change
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork

UNKNOWN_SECONDS = 5.0
"""How long to wait, in machine time, for what has not been told yet: a contact, a programme."""

_LONGEST_WINDOW = timedelta(days=60)

Prepare = Callable[[Recipient], Recipient]


def preparation(*, can_text: bool) -> Prepare:
    """How every run sees whom it decides for: without SMS where there is no gateway.

    Senders and the print run share it; otherwise each would leave the same message to the other.
    """
    return _as_it_is if can_text else partial(Recipient.without, channel=SMS)


@dataclass(frozen=True)
class Claim:
    """What one run took: `looked_at` messages, of which `parcels` are to be sent now."""

    looked_at: int
    parcels: list[Parcel]


def claim(
    uow: NotificationsUnitOfWork, due: Sequence[Message], claim_id: str, channels: frozenset[str], prepare: Prepare
) -> Claim:
    """Decide on the due messages; those that go out now on one of `channels` are claimed.

    A letter that is not asked for here is left for the print run. The cases are locked until the commit, so that a
    case that is closed, or a cap that is reached, at this moment is either seen or comes after. A case that somebody else
    has locked is left alone until the next run, which follows at once.
    """
    cases = sorted({message.case_id for message in due if message.case_id})
    recipients = uow.recipients.load(cases, lock=True) if cases else {}
    programmes = uow.programmes.all()
    longest = max((programme.cap.window for programme in programmes.values()), default=_LONGEST_WINDOW)
    recent = uow.messages.recent_reminders(cases, uow.now - longest) if cases else {}
    unseen = [case_id for case_id in cases if case_id not in recipients]
    in_other_hands = uow.recipients.load(unseen) if unseen else {}
    changes: list[Change] = []
    parcels: list[Parcel] = []
    for message in due:
        if message.case_id in in_other_hands:
            continue
        recipient = recipients.get(message.case_id or "")
        programme = programmes.get(message.programme_id or "")
        ready = prepare(recipient) if recipient else None
        decision = _decide(uow, message, ready, programme, recent)
        change = _change(message, decision, channels)
        changes.append(change)
        if change.state == SENDING:
            parcels.append(Parcel(message, ready, programme, change.channel or EMAIL, uow.now))
            if message.rules.is_capped:
                recent.setdefault(message.case_id or "", []).append(uow.now)
    versions = uow.messages.change(changes, claim_id)
    _tell(uow, changes, versions, recipients)
    return Claim(len(due), parcels)


def _decide(
    uow: NotificationsUnitOfWork,
    message: Message,
    recipient: Recipient | None,
    programme: Programme | None,
    recent: dict[str, list[datetime]],
) -> Decision:
    if message.case_id is None:
        return Withhold("useless_after") if uow.now >= message.useless_after else Deliver(EMAIL)
    if recipient is None:
        return Wait(None)
    if programme is None:
        reason = reason_not_to_send(message, recipient, None, uow.now)
        return Withhold(reason) if reason else Wait(None)
    return decide(message, recipient, programme, uow.now, recent.get(message.case_id, []))


def _change(message: Message, decision: Decision, channels: frozenset[str]) -> Change:
    match decision:
        case Withhold(reason):
            return Change(message=message, state=WITHHELD, channel=message.channel, reason=reason)
        case Fail(reason):
            return Change(message=message, state=FAILED, channel=message.channel, reason=reason)
        case Wait(None):
            return Change(message=message, state=PLANNED, attempts=message.attempts, retry_in=UNKNOWN_SECONDS)
        case Wait(until):
            return Change(message=message, state=PLANNED, attempts=message.attempts, send_after=until)
        case Deliver(channel) if channel in channels:
            return Change(message=message, state=SENDING, channel=channel, attempts=message.attempts + 1)
        case Deliver(channel):
            kept = LETTER if channel == LETTER else None
            return Change(message=message, state=PLANNED, channel=kept, attempts=message.attempts)


def _tell(
    uow: NotificationsUnitOfWork, changes: Sequence[Change], versions: dict[str, int], recipients: dict[str, Recipient]
) -> None:
    for change in changes:
        message, version = change.message, versions.get(change.message.message_id)
        if version is None:
            continue
        if change.state == WITHHELD:
            tell_withheld(uow, [replace(message, reason=change.reason, version=version)])
        elif change.state == FAILED:
            tell_failed(uow, message, message.channel or NO_CHANNEL, change.reason or "", version)
            tell_no_address(uow, recipients[message.case_id or ""])


def _as_it_is(recipient: Recipient) -> Recipient:
    return recipient
