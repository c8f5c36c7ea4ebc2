"""Reads the outboxes and inboxes of all services, and remembers what was complete, so that asking again is cheap.

Everything up to a producer's *floor* is accounted for at every subscriber, and nothing can appear there any more.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from messaging.horizon import Horizon
from operations.errors import OperationsError
from operations.ledger import queries
from operations.ledger.accounts import Account, LedgerPage, Oldest, Span
from operations.ledger.connections import Connections
from operations.ledger.settling import Settling
from operations.ledger.subscriptions import subscribed_types
from operations.services import SERVICES

_END = 2**63 - 1


class NotSettledError(OperationsError):
    """The platform still had work to do when patience ended."""


@dataclass(frozen=True)
class Owed:
    """A published event that a consumer has neither applied nor parked."""

    producer: str
    consumer: str
    position: int
    is_on_its_way: bool
    lane: str
    stored_at: datetime
    age_seconds: float


class Ledger:
    """The ledger over the services' databases; not for use by two threads at once.

    `queued` says how many messages wait in a service's queues; without it only the youngest events count as on their way.
    """

    def __init__(self, urls: Mapping[str, str], queued: Callable[[str], int] = lambda _service: 0) -> None:
        self._connections = Connections(urls)
        self._watching = Connections(urls, queries.WATCH)
        self._queued = queued
        self._floors = dict.fromkeys(SERVICES, 0)
        self._horizons = {service: Horizon() for service in SERVICES}
        self._settling = Settling(self._watching)

    def trust_pages(self) -> "Ledger":
        """Begin where every consumer's settled pages end, rather than with the first event: what they compared is not compared again.

        Of millions of events those are minutes, and what a consumer misses is in none of them.
        """
        settled = {consumer: dict(self._connections.rows(consumer, queries.SETTLED)) for consumer in SERVICES}
        for producer in SERVICES:
            ends = [settled[consumer].get(producer, 0) for consumer in SERVICES if _hears(consumer, producer)]
            self._floors[producer] = self._settling.floors[producer] = min(ends, default=0)
        return self

    def settled(self) -> bool:
        """Whether nothing is left to do: every event took effect or is parked, and each timer found nothing since.

        Cheap enough to be asked many times a second. After a yes the next question starts anew, so that what was asked of
        the platform in between is waited for even if it left no event.
        """
        is_settled = self._settling.is_settled()
        if is_settled:
            self._settling.begin()
        return is_settled

    def wait_until_settled(
        self, patience: float = 120, *, among: Collection[str] = SERVICES, only_clocks_moved: bool = False
    ) -> None:
        """Return when all is settled; raise NotSettledError, with the accounts that are open, after `patience` seconds.

        With some of the services in `among`, when these have nothing left to do for each other, whatever the others do.

        With `only_clocks_moved` nothing else was asked of the platform since this last returned: then a round that saw the
        new time is proof enough, and those that the clocks themselves have set going are not waited for twice.
        """
        if not only_clocks_moved:
            self._settling.begin()
        deadline = time.monotonic() + patience
        while True:
            asked = time.monotonic()
            if self._settling.is_settled(among):
                return
            if time.monotonic() > deadline:
                raise NotSettledError(f"Not settled after {patience:.0f} s. {self._what_is_open()}")
            self._settling.rest(time.monotonic() - asked)

    def page(self, span: Span | None = None) -> LedgerPage:
        """Every account now: of all events, or of what was stored in a span and what has become of it by now."""
        span = span or Span()
        ranges = {producer: self._positions(producer, span) for producer in SERVICES}
        owed = self.owed()
        accounts = [
            self._account(producer, consumer, ranges[producer], owed)
            for consumer in SERVICES
            for producer in SERVICES
            if _hears(consumer, producer)
        ]
        if not span.is_everything:
            for account in accounts:
                account.duplicates = None
        return LedgerPage(accounts, span)

    def owed(self) -> list[Owed]:
        """Every published event that somebody who subscribes to it has neither applied nor parked."""
        return [entry for producer in SERVICES for entry in self._owed_by(producer)]

    def outbox_lag(self, service: str) -> tuple[int, float]:
        """How many events wait for a service's relay, and for how many seconds the oldest has."""
        ((count, seconds),) = self._connections.rows(service, queries.LAG)
        return count, seconds

    def close(self) -> None:
        """Let go of the databases."""
        self._connections.close()
        self._watching.close()

    def _owed_by(self, producer: str) -> list[Owed]:
        above, owed, complete = self._floors[producer], list[Owed](), 0
        while rows := self._connections.rows(producer, queries.OUTBOX, [above, queries.CHUNK]):
            owed += self._compare(producer, above, rows)
            above = rows[-1][0]
            complete = self._horizons[producer].reach(above, oldest_open=rows[0][6], next_transaction=rows[0][7])
            if len(rows) < queries.CHUNK:
                break
        first_owed = min((entry.position for entry in owed), default=above + 1)
        self._floors[producer] = max(self._floors[producer], min(complete, first_owed - 1))
        return owed

    def _compare(self, producer: str, above: int, rows: list[tuple[Any, ...]]) -> list[Owed]:
        owed: list[Owed] = []
        for consumer in SERVICES:
            wanted = subscribed_types(consumer)
            due = {row[0]: row[2:6] for row in rows if row[1] in wanted}
            if due:
                span = {"producer": producer, "above": above, "upto": rows[-1][0]}
                there = {position for (position,) in self._connections.rows(consumer, queries.THERE, span)}
                owed += [Owed(producer, consumer, at, *rest) for at, rest in due.items() if at not in there]
        return owed

    def _positions(self, producer: str, span: Span) -> tuple[int, int]:
        """The positions of a span, both ends in it; they are given out in the order of time, but for milliseconds.

        A span that is not over ends with what is there now: what comes while the accounts are drawn up is in none of them.
        """
        rows = self._connections.rows
        first = rows(producer, queries.FIRST, [span.since]) if span.since else [(1,)]
        last = rows(producer, queries.LAST, [span.until]) if span.until else rows(producer, queries.TOP)
        return (first[0][0] if first else _END), (last[0][0] if last else 0)

    def _account(self, producer: str, consumer: str, positions: tuple[int, int], owed: list[Owed]) -> Account:
        first, last = positions
        wanted = {
            "producer": producer,
            "first": first,
            "last": last,
            "types": [name for name in subscribed_types(consumer) if name.startswith(f"{producer}.")],
        }
        ((published,),) = self._connections.rows(producer, queries.PUBLISHED, wanted)
        ((admitted,),) = self._connections.rows(consumer, queries.APPLIED, wanted)
        ((parked, discarded),) = self._connections.rows(consumer, queries.PARKED, wanted)
        ((duplicates,),) = self._connections.rows(consumer, queries.DUPLICATES, wanted)
        open_ = [
            entry
            for entry in owed
            if (entry.producer, entry.consumer) == (producer, consumer) and first <= entry.position <= last
        ]
        pending = self._count_pending(producer, consumer, open_)
        return Account(
            producer,
            consumer,
            published=published,
            applied=admitted - discarded,
            missing=len(open_) - pending,
            pending=pending,
            parked=parked,
            discarded=discarded,
            duplicates=duplicates,
            oldest=_oldest(open_),
        )

    def _count_pending(self, producer: str, consumer: str, owed: list[Owed]) -> int:
        if not owed:
            return 0
        is_queued = self._queued(consumer) > 0
        retried = {position for (position,) in self._connections.rows(consumer, queries.RETRIED, [producer])}
        return sum(is_queued or entry.is_on_its_way or entry.position in retried for entry in owed)

    def _what_is_open(self) -> str:
        page = self.page()
        open_accounts = [
            f"{each.producer} to {each.consumer}: {each.pending} pending, {each.missing} missing"
            for each in page.accounts
            if not each.is_settled
        ]
        if self._settling.has_more:
            return "There are more events than could be looked at in that time: wait longer."
        return (
            "; ".join(open_accounts)
            or "Every event took effect, but a timer keeps finding work: see the workers' logs."
        )


def _hears(consumer: str, producer: str) -> bool:
    return any(name.startswith(f"{producer}.") for name in subscribed_types(consumer))


def _oldest(owed: list[Owed]) -> Oldest | None:
    first = max(owed, key=lambda entry: entry.age_seconds, default=None)
    return Oldest(first.position, first.stored_at, round(first.age_seconds, 1)) if first else None
