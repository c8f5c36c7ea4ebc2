"""Bugs to be planted: each puts one part of delivery in the place of the real one, wrong in a way people have been wrong.

They are the tests of the simulation: a promise whose breach it does not notice is not watched over.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from messaging import delivery, inbox, retries, track
from messaging.consumer import QueueConsumer
from messaging.database import Database, is_away
from messaging.delivery import Delivery
from messaging.horizon import Horizon
from messaging.ledger import Auditor
from messaging.publisher import Publisher
from messaging.track import Track
from tests.simulation import invariants, services

Names = pytest.MonkeyPatch


@dataclass(frozen=True)
class Planted:
    """A bug, the promises of which at least one breaks first, and whether it takes a world with a ledger to see it.

    `first` is a seed that found it: looking begins there. Any other may, when delivery has changed and seeds play otherwise.
    """

    plant: Callable[[Names], None]
    breaks: tuple[str, ...]
    needs_ledger: bool = False
    first: int = 0

    @property
    def name(self) -> str:
        return self.plant.__name__


def skip_the_inbox(names: Names) -> None:
    def admit(connection: Any, envelopes: Sequence[Any]) -> list[Any]:
        inbox.admit(connection, envelopes)
        return list({envelope.event_id: envelope for envelope in envelopes}.values())

    names.setattr(delivery, "admit", admit)


def acknowledge_early(names: Names) -> None:
    deliver = QueueConsumer._deliver

    def early(self: Any, batch: list[Any]) -> bool:
        for arrival in batch:
            arrival.raw.channel.basic_ack(arrival.raw.delivery_tag)
        return deliver(self, batch)

    names.setattr(QueueConsumer, "_deliver", early)


def acknowledge_all_there_is(names: Names) -> None:
    """Tag 0 with `multiple` means everything outstanding: also what came after the batch."""
    deliver = QueueConsumer._deliver

    def covering(self: Any, batch: list[Any]) -> bool:
        done = deliver(self, batch)
        batch.append(SimpleNamespace(raw=SimpleNamespace(delivery_tag=0)))
        return done

    names.setattr(QueueConsumer, "_deliver", covering)


def follow_a_cursor(names: Names) -> None:
    """Go on after the highest position seen, though lower ones may be committed later or have been refused."""
    take = Track._take

    def following(self: Any, rows: Sequence[Any]) -> None:
        take(self, rows)
        if rows:
            self._floor = self._usual_floor = max(row.position for row in rows) + 1

    names.setattr(Track, "_take", following)
    names.setattr(track, "RESCAN_SECONDS", 1e9)


def mark_before_the_confirm(names: Names) -> None:
    offer = Publisher.offer

    def marking(self: Any, message: Any) -> None:
        offer(self, message)
        self._confirmed.append(message.key)

    names.setattr(Publisher, "offer", marking)


def take_a_return_for_a_confirm(names: Names) -> None:
    def settle(self: Any, message: Any, *, reached: bool) -> None:
        (self._confirmed.append(message.key) if reached else self._refused.append(message))

    names.setattr(Publisher, "_settle", settle)


def take_each_confirm_for_all_before_it(names: Names) -> None:
    on_confirm = Publisher._on_confirm

    def confirm(self: Any, frame: Any) -> None:
        frame.method.multiple = True
        on_confirm(self, frame)

    names.setattr(Publisher, "_on_confirm", confirm)


def drop_the_neighbours(names: Names) -> None:
    def apply_all(self: Any, letters: list[Any]) -> None:
        try:
            self._apply(letters)
        except Exception as error:
            if is_away(error):
                raise
            self._fail(letters[0], error)

    names.setattr(Delivery, "_apply_all", apply_all)


def admit_in_a_transaction_of_its_own(names: Names) -> None:
    def apply(self: Any, letters: list[Any]) -> None:
        with self._database.begin() as uow:
            new = inbox.admit(uow.connection, [letter.envelope for letter in letters])
        with self._database.begin() as uow:
            self._handle(new, uow)
            returning = [letter.envelope.identity for letter in letters if letter.message.is_retry]
            retries.settle(uow.connection, returning)

    names.setattr(Delivery, "_apply", apply)


def tell_after_the_commit(names: Names) -> None:
    """Events that are stored in a transaction after that of their change."""
    begin = Database.begin

    @contextmanager
    def late(self: Any) -> Iterator[Any]:
        with begin(self) as uow:
            flush, uow.outbox.flush = uow.outbox.flush, lambda **_: None
            yield uow
        with self.engine.begin() as connection:
            uow.journal.connection = connection
            flush()

    names.setattr(Database, "begin", late)


def ignore_the_ledger(names: Names) -> None:
    names.setattr(Auditor, "_ask", lambda *_: None)


def close_a_page_at_once(names: Names) -> None:
    """What is not committed yet is not on the page, though its position is; it is asked for without end."""
    names.setattr(Horizon, "reach", lambda _self, position, **_: position)


def let_the_latest_win(names: Names) -> None:
    """A handler that trusts the order of arrival."""
    names.setattr(
        services, "_STATE", text(str(services._STATE).replace("WHERE states.sequence < excluded.sequence", ""))
    )


def retry_at_once(names: Names) -> None:
    take_due = retries.take_due
    names.setattr(
        retries,
        "take_due",
        lambda connection, lanes, now, limit: take_due(connection, lanes, now + retries.WAITS[-1], limit),
    )


def count_old_copies(names: Names) -> None:
    """A retry that is put back while its queue is long counts once for each copy."""
    fail = Delivery._fail

    def failing(self: Any, letter: Any, error: Exception) -> None:
        with self._database.begin() as uow:
            attempts = retries.attempts_so_far(uow.connection, letter.envelope.identity) or 0
        fail(self, letter._replace(message=replace(letter.message, attempts=attempts)), error)

    names.setattr(Delivery, "_without_old", lambda _self, letters: letters)
    names.setattr(Delivery, "_fail", failing)


PLANTED = (
    Planted(count_old_copies, (invariants.RETRIED,), first=271),
    Planted(skip_the_inbox, (invariants.ONCE,)),
    Planted(acknowledge_early, (invariants.ACKNOWLEDGED,)),
    Planted(acknowledge_all_there_is, (invariants.ACKNOWLEDGED,)),
    Planted(follow_a_cursor, (invariants.PUBLISHED,)),
    Planted(mark_before_the_confirm, (invariants.VOUCHED,)),
    Planted(take_a_return_for_a_confirm, (invariants.VOUCHED,)),
    Planted(take_each_confirm_for_all_before_it, (invariants.VOUCHED,), first=33),
    Planted(drop_the_neighbours, (invariants.ACKNOWLEDGED,)),
    Planted(admit_in_a_transaction_of_its_own, (invariants.APPLIED, invariants.INBOX)),
    Planted(tell_after_the_commit, (invariants.ATOMIC, invariants.FOLLOWED), first=9),
    Planted(ignore_the_ledger, (invariants.APPLIED,), needs_ledger=True, first=18),
    Planted(close_a_page_at_once, (invariants.LEDGER, invariants.PUBLISHED), needs_ledger=True, first=10),
    Planted(let_the_latest_win, (invariants.STATE,)),
    Planted(retry_at_once, (invariants.RETRIED,), first=25),
)
