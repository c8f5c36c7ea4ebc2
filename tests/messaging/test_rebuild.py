"""A rebuild forgets everything that events can tell, and has all of it come again: here driven step by step, without a broker."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from frist_contracts import CaseClosed, Lane, ResendRequested, decode, with_position
from messaging import ledger, parked
from messaging.clock import machine_now
from messaging.delivery import Delivery, Message, Route
from messaging.identifiers import new_id
from messaging.ledger import Auditor, page_of
from messaging.rebuilds import Rebuild, RebuildRunning, applied_again, running_rebuild, start_rebuild
from messaging.resends import next_chunk, note_request
from messaging.subscribe import kernel_routes
from tests.messaging import sample_handlers as handlers
from tests.messaging.conftest import Sample

PACE = timedelta(seconds=15)
ROUTES = {CaseClosed: Route(handlers.project_closures, many=True)}
ALL_ROUTES = ROUTES | kernel_routes("reporting", ROUTES)
ROWS = "SELECT json_agg(closures ORDER BY case_id)::text FROM closures"


class Pair:
    """Registration tells of closed cases, reporting keeps them; between them we are relay and broker."""

    def __init__(self, producer: Sample, consumer: Sample) -> None:
        self.producer, self.consumer = producer, consumer
        self.auditor = Auditor("reporting", ALL_ROUTES, PACE)
        self.now = machine_now()
        self.sent_again: list[int] = []
        self._heard = self._asked = self._closed = 0

    def announce(self, count: int) -> None:
        """New events, published and applied in the ordinary way."""
        self.producer.announce(*(a_closure() for _ in range(count)))
        self.producer.execute("UPDATE outbox SET published_at = clock_timestamp()")
        rows = self._rows(self.producer, self._heard)
        self._heard = rows[-1].position
        self.deliver([with_position(row.envelope, row.position) for row in rows])

    def close_page(self) -> None:
        """Registration closes a page over what it has told since the last."""
        top = self.producer.scalar("SELECT max(position) FROM outbox")
        with self.producer.database.begin() as uow:
            uow.outbox.add(page_of(uow.connection, "registration", self._closed + 1, top))
        self._closed = top
        self.producer.execute("UPDATE outbox SET published_at = clock_timestamp()")

    def round(self) -> None:
        """The auditor looks, and registration sends again what it was asked for."""
        self.now += PACE
        with self.consumer.database.begin() as uow:
            self.auditor.check(uow, self.now)
        for row in self._rows(self.consumer, self._asked):
            self._asked = row.position
            event = decode(with_position(row.envelope, row.position)).event
            assert isinstance(event, ResendRequested)
            with self.producer.database.begin() as uow:
                note_request(event, uow, "registration")
        self._send_again()

    def deliver(self, bodies: list[bytes]) -> None:
        Delivery(self.consumer.database, ALL_ROUTES).deliver([Message(body, Lane.BULK) for body in bodies])

    def start(self) -> Rebuild:
        with self.consumer.database.begin() as uow:
            return start_rebuild(uow, "reporting", ROUTES, empty, "a test")

    def finish(self) -> None:
        for _ in range(100):
            with self.consumer.database.begin() as uow:
                if running_rebuild(uow.connection) is None:
                    return
            self.round()
        raise AssertionError("the rebuild does not come to its end")

    def _send_again(self) -> None:
        sent = 0
        while True:
            with self.producer.database.begin() as uow:
                chunks = [next_chunk(uow.connection, "registration", lane, 500) for lane in Lane]
            if not any(chunks):
                break
            messages = [message for chunk in chunks if chunk for message in chunk.messages]
            sent += sum(message.key.startswith("resend") for message in messages)
            self.deliver([message.body for message in messages])
        self.sent_again.append(sent)

    def _rows(self, sample: Sample, above: int) -> list[Any]:
        with sample.database.engine.connect() as connection:
            query = text("SELECT position, envelope FROM outbox WHERE position > :above ORDER BY position")
            return list(connection.execute(query, {"above": above}))


def a_closure(**changes: Any) -> CaseClosed:
    facts: dict[str, Any] = {"sequence": 1, "case_id": new_id(), "programme_id": "p", "state": "fulfilled"}
    return CaseClosed(municipality="dk-0101", **(facts | changes))


def empty(uow: Any) -> None:
    uow.connection.execute(text("TRUNCATE closures"))


@pytest.fixture
def pair(a_sample: Callable[[str], Sample]) -> Pair:
    return Pair(a_sample("registration"), a_sample("reporting"))


def test_the_rows_are_the_same_after_a_rebuild_during_which_events_arrived(pair: Pair) -> None:
    for _ in range(5):
        pair.announce(200)
        pair.close_page()
    before = json.loads(pair.consumer.scalar(ROWS))

    begun = pair.start()
    assert pair.consumer.scalar("SELECT count(*) FROM closures") == 0
    pair.announce(50)
    pair.close_page()
    pair.finish()

    after = {row["case_id"]: row for row in json.loads(pair.consumer.scalar(ROWS))}
    assert begun.asked == 1000
    assert len(after) == 1050
    assert all(after[row["case_id"]] == row for row in before)
    assert pair.consumer.scalar("SELECT count(*) FROM inbox WHERE type = 'registration.case_closed.v1'") == 1050


def test_progress_counts_what_was_applied_again(pair: Pair) -> None:
    pair.announce(30)
    pair.close_page()
    begun = pair.start()
    pair.announce(5)

    with pair.consumer.database.begin() as uow:
        at_first, _ = applied_again(uow.connection, begun, ROUTES)
    pair.finish()
    with pair.consumer.database.begin() as uow:
        at_last, finished = applied_again(uow.connection, begun, ROUTES)

    assert (at_first, at_last) == (0, 30)
    assert finished.finished_at is not None


def test_only_so_much_is_asked_for_at_a_time(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "MOST_ASKED", 300)
    monkeypatch.setattr("messaging.resends.PAGE_POSITIONS", 100)
    for _ in range(10):
        pair.announce(150)
    pair.close_page()

    pair.start()
    pair.finish()

    assert max(pair.sent_again) <= 400
    assert sum(pair.sent_again) == 1500


def test_a_second_rebuild_is_refused_while_one_is_running(pair: Pair) -> None:
    pair.announce(3)
    pair.start()

    with pytest.raises(RebuildRunning):
        pair.start()


def test_it_is_not_finished_while_an_event_is_tried_again(pair: Pair) -> None:
    pair.announce(3)
    pair.close_page()
    pair.start()
    pair.consumer.execute("""
        INSERT INTO retries (event_id, type, producer, position, subject, lane, body, attempts, reason, due_at)
        VALUES (gen_random_uuid(), 'registration.case_closed.v1', 'registration', 1, 's', 'bulk', '', 1, '', now())
    """)
    for _ in range(5):
        pair.round()

    running = pair.consumer.scalar("SELECT count(*) FROM rebuilds WHERE finished_at IS NULL")
    pair.consumer.execute("DELETE FROM retries")
    pair.finish()

    assert running == 1


def test_what_was_discarded_stays_discarded(pair: Pair) -> None:
    pair.announce(10)
    pair.close_page()
    pair.consumer.execute("DELETE FROM closures")
    pair.consumer.execute("""
        WITH lost AS (DELETE FROM inbox WHERE position = 1 RETURNING *)
        INSERT INTO parked (event_id, type, producer, position, lane, body, reason, detail, attempts)
        SELECT event_id, type, producer, position, lane, '', 'refused', '', 1 FROM lost
    """)
    with pair.consumer.database.begin() as uow:
        parked.discard(uow.connection, [1], "a test of the pilot", "a test")

    pair.start()
    pair.finish()

    assert pair.consumer.scalar("SELECT count(*) FROM closures") == 9


def test_what_failed_once_and_took_effect_later_comes_again(pair: Pair) -> None:
    pair.announce(10)
    pair.close_page()
    pair.consumer.execute("""
        INSERT INTO parked (event_id, type, producer, position, lane, body, reason, detail, attempts, state)
        SELECT event_id, type, producer, position, lane, '', 'refused', '', 1, 'applied' FROM inbox
    """)

    pair.start()
    pair.finish()

    assert pair.consumer.scalar("SELECT count(*) FROM closures") == 10


def test_pages_that_overlap_are_joined(pair: Pair) -> None:
    pair.announce(40)
    for first, last in [(1, 30), (21, 30), (31, 40)]:
        pair.consumer.execute(
            "INSERT INTO pages (producer, first_position, last_position, totals, is_settled, heard_at) "
            "VALUES ('registration', :first, :last, '{}', true, now())",
            first=first,
            last=last,
        )
    pair._closed = 40
    pair.announce(5)
    pair.close_page()
    page = pair._rows(pair.producer, 45)[0]
    pair.deliver([with_position(page.envelope, page.position)])

    pair.round()

    spans = "SELECT json_agg(json_build_array(first_position, last_position))::text FROM pages"
    assert json.loads(pair.consumer.scalar(spans)) == [[1, 45]]
