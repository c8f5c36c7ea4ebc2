"""Sends what is due: claim, send, record.

A claim is committed before anything is sent and says until when it holds; the outcome is committed afterwards. A sender
that dies in between loses its claim, and the messages are sent again with the same Message-ID (the same reference for
SMS). That window cannot be closed: a mail server's "250 OK" and our commit are two things. So nothing is ever lost;
what had been handed over in the last moment before a crash may arrive twice, recognisably the same. Here it is counted once.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from messaging.database import Database
from messaging.identifiers import new_id
from services.notifications.channels.outlets import Fate, Outcome, Outlets
from services.notifications.channels.wording import Parcel
from services.notifications.domain.message import FAILED, PLANNED, SENT, again
from services.notifications.domain.purposes import BULK, CANCELLED, CONFIRMED, MOVED, URGENT
from services.notifications.domain.recipient import EMAIL, SMS
from services.notifications.handlers.claiming import claim, preparation
from services.notifications.handlers.outcomes import tell_failed, tell_sent
from services.notifications.settings import NotificationsSettings
from services.notifications.storage.messages import CLAIM_SECONDS, Change
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork

BATCH = {URGENT: 100, BULK: 200}
SENDING_SECONDS = CLAIM_SECONDS / 2
"""A sender stops this long after its claim, so that one slow hand-over does not outlast the claim."""

MOST_ATTEMPTS = 8
"""A deferred address is given up after so many tries, about three hours, and the next channel is used."""

_DEADLOCK = "40P01"
_WITH_PATIENCE = text("SET LOCAL lock_timeout = 0")
_FIRST_WAIT, _LONGEST_WAIT, _OUTAGE_WAIT = 10.0, 3600.0, 120.0
_ENDS = frozenset({Fate.BROKEN, Fate.REJECTED})
_ANNOUNCING = frozenset({CONFIRMED, MOVED, CANCELLED})


def send_urgent(database: Database[Any]) -> int:
    """Send what people wait for."""
    return send_lane(database, URGENT, outlets(URGENT))


def send_bulk(database: Database[Any]) -> int:
    """Send reminders and invitations."""
    return send_lane(database, BULK, outlets(BULK))


def release_abandoned(uow: NotificationsUnitOfWork) -> int:
    """Give back what a sender claimed and never settled, because it died."""
    return uow.messages.release_abandoned()


@cache
def outlets(lane: str) -> Outlets:  # noqa: ARG001 - each lane has its own
    """The lane's own ways out; nothing is connected before the first message."""
    return Outlets.from_settings(NotificationsSettings.load())


def send_lane(database: Database[NotificationsUnitOfWork], lane: str, ways: Outlets) -> int:
    """Send one batch of a lane; returns how many messages were looked at, and 0 when nobody took any: time to rest."""
    claim_id = new_id()
    channels = frozenset({EMAIL, SMS}) if ways.can_text else frozenset({EMAIL})
    with database.begin() as uow:
        due = uow.messages.due(lane, BATCH[lane])
        if not due:
            return 0
        claimed = claim(uow, due, claim_id, channels, preparation(can_text=ways.can_text))
    if claimed.parcels:
        outcomes = ways.send_all(claimed.parcels, SENDING_SECONDS)
        _record_surely(database, outcomes, claim_id)
        if all(outcome.fate is Fate.OUTLET_DOWN for outcome in outcomes):
            return 0
    return claimed.looked_at


def _record_surely(database: Database[Any], outcomes: Sequence[Outcome], claim_id: str) -> None:
    """What has been handed over must not be forgotten because two transactions got into each other's way, or somebody holds a lock."""
    for last in (False, False, True):
        try:
            with database.begin() as uow:
                uow.connection.execute(_WITH_PATIENCE)
                record(uow, outcomes, claim_id)
        except OperationalError as error:
            if last or getattr(error.orig, "sqlstate", None) != _DEADLOCK:
                raise
        else:
            return


def record(uow: NotificationsUnitOfWork, outcomes: Sequence[Outcome], claim_id: str) -> None:
    """Keep what became of each message; those whose claim was lost meanwhile belong to somebody else."""
    changes = [_CHANGES[outcome.fate](outcome) for outcome in outcomes]
    versions = uow.messages.change(changes, claim_id)
    announced: dict[str, int] = {}
    for outcome in outcomes:
        message, version = outcome.parcel.message, versions.get(outcome.parcel.message.message_id)
        if version is None:
            continue
        if outcome.fate is Fate.SENT:
            tell_sent(uow, message, outcome.parcel.channel, version)
            if message.purpose in _ANNOUNCING:
                announced[message.case_id or ""] = max(message.sequence, announced.get(message.case_id or "", -1))
        elif outcome.fate in _ENDS or _is_refused(outcome):
            tell_failed(uow, message, outcome.parcel.channel, outcome.reason, version)
        if outcome.parcel.recipient and _is_refused(outcome):
            uow.recipients.mark_bad(outcome.parcel.recipient, outcome.parcel.channel)
        if outcome.fate is Fate.REJECTED:
            _go_another_way(uow, outcome.parcel)
    uow.recipients.mark_announced(announced)


def _go_another_way(uow: NotificationsUnitOfWork, parcel: Parcel) -> None:
    """Once more on another channel, if there is one; the address may work for the next message."""
    if parcel.recipient and parcel.contact.usable - {parcel.channel}:
        uow.messages.plan([again(parcel.message, uow.now, rather_than=parcel.channel)])


def _is_refused(outcome: Outcome) -> bool:
    tried_enough = outcome.fate is Fate.DEFERRED and outcome.parcel.message.attempts + 1 >= MOST_ATTEMPTS
    return outcome.fate is Fate.REFUSED or tried_enough


def _sent(outcome: Outcome) -> Change:
    message = outcome.parcel.message
    return Change(message=message, state=SENT, channel=outcome.parcel.channel, attempts=message.attempts + 1)


def _refused(outcome: Outcome) -> Change:
    """The next channel takes over at once; mail to staff has none."""
    message = outcome.parcel.message
    if outcome.parcel.recipient is None:
        return Change(message=message, state=FAILED, channel=outcome.parcel.channel, reason=outcome.reason)
    return Change(message=message, state=PLANNED, reason=outcome.reason, told=1)


def _deferred(outcome: Outcome) -> Change:
    return _refused(outcome) if _is_refused(outcome) else _later(outcome)


def _broken(outcome: Outcome) -> Change:
    return Change(message=outcome.parcel.message, state=FAILED, channel=outcome.parcel.channel, reason=outcome.reason)


def _untried(outcome: Outcome) -> Change:
    return Change(message=outcome.parcel.message, state=PLANNED, attempts=outcome.parcel.message.attempts)


def _later(outcome: Outcome) -> Change:
    """Tried again after growing waits, in machine time."""
    tries = outcome.parcel.message.attempts
    wait = min(_FIRST_WAIT * 4**tries, _LONGEST_WAIT)
    return Change(
        message=outcome.parcel.message, state=PLANNED, reason=outcome.reason, attempts=tries + 1, retry_in=wait
    )


def _down(outcome: Outcome) -> Change:
    """An outage says nothing of the address, and counts as no try at it: again until the message is of no use any more."""
    message = outcome.parcel.message
    wait = _OUTAGE_WAIT if message.reason == outcome.reason else _FIRST_WAIT
    return Change(message=message, state=PLANNED, reason=outcome.reason, attempts=message.attempts, retry_in=wait)


_CHANGES: dict[Fate, Callable[[Outcome], Change]] = {
    Fate.SENT: _sent,
    Fate.REFUSED: _refused,
    Fate.REJECTED: _broken,
    Fate.DEFERRED: _deferred,
    Fate.OUTLET_DOWN: _down,
    Fate.UNTRIED: _untried,
    Fate.BROKEN: _broken,
}
