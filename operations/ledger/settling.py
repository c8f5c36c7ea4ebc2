"""Whether the platform has nothing left to do: cheap enough to be asked many times a second.

Each service is looked at once, in one statement and so at one moment, in turn. When everything that one look found in the
outboxes had taken effect by the others, nothing was on its way between them: an event that was taken after its consumer
was looked at is missing there, and one that was made while being taken stands in the same snapshot as its cause. Only
timers act without a cause, so each has to have looked, and found nothing, since the events came to rest.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from messaging.horizon import Horizon
from operations.ledger import queries
from operations.ledger.subscriptions import subscribed_types
from operations.ledger.timers import Quiet, TimerRun, all_idle
from operations.services import SERVICES

SPAN = 50_000
"""Positions of an outbox looked at in one go: bounds the memory whatever the size of the log."""
_ASK_AGAIN_SECONDS = 1.0

Rows = Callable[[str, Any, Any], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Look:
    """One service at one moment: `outbox` is position and type of each event above the floor, `there` what it has taken."""

    at: datetime
    business_now: datetime | None
    top: int
    is_busy: bool
    oldest_open: int
    next_transaction: int
    outbox: list[tuple[int, str]]
    there: dict[str, set[int]]
    timers: list[TimerRun]


class Settling:
    """Follows the services' databases until they are at rest; `rows` runs a query with its values in a service's database."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._floors = dict.fromkeys(SERVICES, 0)
        self._horizons = {service: Horizon() for service in SERVICES}
        self._quiet = Quiet()
        self._asked: tuple[datetime | None, float] = (None, 0.0)

    def begin(self) -> None:
        """Whatever was at rest has to prove it again: something was asked of the platform, perhaps without an event."""
        self._quiet.end()

    def is_settled(self) -> bool:
        """Whether every event took effect or is parked, and each timer found nothing since."""
        looks = {service: self._look(service) for service in SERVICES}
        are_complete = [self._compare(producer, looks) for producer in SERVICES]
        if not all(are_complete) or any(look.is_busy for look in looks.values()):
            self._quiet.end()
            return False
        worked = frozenset(run.worked_at for look in looks.values() for run in look.timers)
        picture = (worked, *((look.business_now, look.top) for look in looks.values()))
        since = self._quiet.since(picture, max(look.at for look in looks.values()))
        clock = max((look.business_now for look in looks.values() if look.business_now), default=None)
        if all(all_idle(look.timers, since, clock) for look in looks.values()):
            return True
        self._ask_timers(since)
        return False

    def _look(self, service: str) -> Look:
        values = {"floor": self._floors[service], "span": SPAN, "producers": list(SERVICES)}
        values["floors"] = [self._floors[producer] for producer in SERVICES]
        (row,) = self._rows(service, queries.LOOK, values)
        at, now, top, is_busy, oldest, following, outbox, taken, timers = row
        there = {producer: set(positions) for producer, positions in (taken or {}).items()}
        runs = [_run(*run) for run in timers or []]
        return Look(at, now, top, is_busy, oldest, following, outbox or [], there, runs)

    def _compare(self, producer: str, looks: dict[str, Look]) -> bool:
        """Whether all of a producer's events are accounted for; what is so for good is not looked at again."""
        look, floor = looks[producer], self._floors[producer]
        owed = [
            position
            for consumer in SERVICES
            for position, name in look.outbox
            if name in subscribed_types(consumer) and position not in looks[consumer].there.get(producer, ())
        ]
        reached = min(look.top, floor + SPAN)
        complete = self._horizons[producer].reach(
            reached, oldest_open=look.oldest_open, next_transaction=look.next_transaction
        )
        self._floors[producer] = max(floor, min([complete, *(position - 1 for position in owed)]))
        return not owed and reached == look.top

    def _ask_timers(self, since: datetime) -> None:
        """Have the timers of a rehearsal look at once; asked again now and then, should a worker have been away."""
        if self._asked[0] != since or time.monotonic() - self._asked[1] > _ASK_AGAIN_SECONDS:
            self._asked = (since, time.monotonic())
            for service in SERVICES:
                self._rows(service, queries.ASK_TIMERS, None)


def _run(name: str, ran_at: str, business_now: str, did: int, worked_at: str | None) -> TimerRun:
    """A timer's run as JSON has it, where moments are text."""
    moment = datetime.fromisoformat
    return TimerRun(name, moment(ran_at), moment(business_now), did, moment(worked_at) if worked_at else None)
