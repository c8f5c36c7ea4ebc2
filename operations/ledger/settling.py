"""Whether the platform has nothing left to do: cheap enough to be asked many times a second.

Each service is looked at once, in one statement and so at one moment, in turn. When everything that one look found in the
outboxes had taken effect by the others, nothing was on its way between them: an event that was taken after its consumer
was looked at is missing there, and one that was made while being taken stands in the same snapshot as its cause. Only
timers act without a cause, so those of each service have to have looked, and found nothing, since the last event that
could give them work was seen to have been taken.

Some of the services can be asked about alone: whether they have nothing left to do *for each other*, whatever the others do.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from messaging.horizon import Horizon
from operations.ledger import queries
from operations.ledger.connections import Connections
from operations.ledger.subscriptions import subscribed_types
from operations.ledger.timers import Quiet, TimerRun, all_idle
from operations.services import SERVICES

SPAN = 50_000
"""Positions of an outbox looked at in one go: bounds the memory whatever the size of the log."""
_ASK_AGAIN_AFTER = timedelta(seconds=1)

_REST_SECONDS = 0.015
_LONGEST_REST_SECONDS = 0.1
"""For timers to answer, which call when they have."""

Total = tuple[int, int]
"""How many events, and a digest of their positions that no order changes."""


@dataclass(frozen=True)
class Look:
    """One service at one moment: `outbox` is what it published above the floor by type, `there` what it has taken, by producer."""

    at: datetime
    business_now: datetime | None
    top: int
    is_busy: bool
    oldest_open: int
    next_transaction: int
    outbox: dict[str, Total]
    there: dict[str, dict[str, Total]]
    timers: list[TimerRun]


class Asked(NamedTuple):
    """When a service's timers were last asked to look, and because of what: `since` then they had not."""

    since: datetime
    at: datetime


class Settling:
    """Follows the services' databases until they are at rest.

    `floors` are the positions up to which each producer's events took effect at everybody; `has_more`: the last look did not
    reach the end of an outbox.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._busiest_first = list(SERVICES)
        self.floors = dict.fromkeys(SERVICES, 0)
        self._horizons = {service: Horizon() for service in SERVICES}
        self._quiet = {service: Quiet() for service in SERVICES}
        self._asked: dict[str, Asked] = {}
        self._restless: dict[str, datetime] = {}
        self.has_more = False

    def begin(self) -> None:
        """Whatever was at rest has to prove it again: something was asked of the platform, perhaps without an event."""
        for quiet in self._quiet.values():
            quiet.end()

    def is_settled(self, among: Collection[str] = SERVICES) -> bool:
        """Whether every event of these services took effect at them or is parked, and each of their timers found nothing since."""
        self._restless = {}
        looks = self._look_around(SERVICES if self.has_more else among)  # only when all agree a floor rises
        if looks is None:
            return False
        seen = [self._has_seen_all(producer, looks) for producer in looks]
        self.has_more = not all(seen)
        if self.has_more:
            return False
        clock = max((look.business_now for look in looks.values() if look.business_now), default=None)
        tops = {service: look.top for service, look in looks.items()}
        for service, look in looks.items():
            since = self._quiet[service].since(_told(service, tops), look.at)
            if not all_idle(look.timers, self._after_asking(service, since), clock):
                self._restless[service] = since
        self._ask_timers(looks)
        return not self._restless

    def rest(self, spent: float) -> None:
        """Give the platform time before it is asked again: until timers answer, else as long as asking took, `spent` seconds."""
        if self._restless:
            self._connections.wait(self._restless, _LONGEST_REST_SECONDS)
        else:
            time.sleep(max(_REST_SECONDS, spent))

    def _look_around(self, among: Collection[str]) -> dict[str, Look] | None:
        """A look at each service; None as soon as one has something on its way, or has not taken what another published.

        Those are asked first the next time.
        """
        looks: dict[str, Look] = {}
        for service in [one for one in self._busiest_first if one in among]:
            look = looks[service] = self._look(service)
            behind = {service} if look.is_busy else _behind(looks, service)
            if behind:
                self._busiest_first.sort(key=lambda one: one not in behind)
                return None
        return looks

    def _look(self, service: str) -> Look:
        values = {"floor": self.floors[service], "span": SPAN, "producers": list(SERVICES)}
        values["floors"] = [self.floors[producer] for producer in SERVICES]
        (row,) = self._connections.rows(service, queries.LOOK, values)
        at, now, top, is_busy, oldest, following, outbox, taken, timers = row
        stored = {name: (events, digest) for name, events, digest in outbox or []}
        there: dict[str, dict[str, Total]] = {}
        for producer, name, events, digest in taken or []:
            there.setdefault(producer, {})[name] = (events, digest)
        return Look(at, now, top, is_busy, oldest, following, stored, there, [_run(*run) for run in timers or []])

    def _has_seen_all(self, producer: str, looks: dict[str, Look]) -> bool:
        """Whether the looks reached the end of an outbox; what is so at everybody, for good, is not looked at again."""
        look, floor = looks[producer], self.floors[producer]
        reached = min(look.top, floor + SPAN)
        if looks.keys() == set(SERVICES):
            complete = self._horizons[producer].reach(
                reached, oldest_open=look.oldest_open, next_transaction=look.next_transaction
            )
            self.floors[producer] = max(floor, complete)
        return reached == look.top

    def _ask_timers(self, looks: Mapping[str, Look]) -> None:
        """Have the timers of a rehearsal look at once; asked again now and then, should a worker have been away."""
        for service, since in self._restless.items():
            last = self._asked.get(service)
            if last is None or last.since != since or looks[service].at - last.at > _ASK_AGAIN_AFTER:
                ((asked_at, _),) = self._connections.rows(service, queries.ASK_TIMERS)
                self._asked[service] = Asked(since, asked_at)

    def _after_asking(self, service: str, since: datetime) -> datetime:
        """A service that was asked has to answer: what it still owes would come in the middle of what happens next."""
        last = self._asked.get(service)
        return since if last is None else max(since, last.at)


def _told(service: str, tops: Mapping[str, int]) -> dict[str, int]:
    """What may have given a service's timers work, once all of it was taken: the last position of each of its producers."""
    producers = {name.partition(".")[0] for name in subscribed_types(service)}
    return {producer: tops[producer] for producer in producers & tops.keys()}


def _behind(looks: Mapping[str, Look], latest: str) -> set[str]:
    """The latest that was looked at, and one that it is at odds with, itself perhaps; empty when there is none."""
    for other in looks:
        if not (_has_taken(latest, other, looks) and _has_taken(other, latest, looks)):
            return {latest, other}
    return set()


def _has_taken(consumer: str, producer: str, looks: Mapping[str, Look]) -> bool:
    """Whether a consumer has each event of the producer that it subscribes to, and none that came later."""
    types = subscribed_types(consumer)
    stored, there = looks[producer].outbox, looks[consumer].there.get(producer, {})
    return all(stored.get(name) == there.get(name) for name in (stored.keys() | there.keys()) & types)


def _run(name: str, ran_at: str, business_now: str, did: int, worked_at: str | None) -> TimerRun:
    """A timer's run as JSON has it, where moments are text."""
    moment = datetime.fromisoformat
    return TimerRun(name, moment(ran_at), moment(business_now), did, moment(worked_at) if worked_at else None)
