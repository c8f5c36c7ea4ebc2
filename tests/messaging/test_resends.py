"""What is sent again goes by the lane that it came by, as long as somebody waits for it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from frist_contracts import PAGE_CLOSED, RESEND_REQUESTED, CaseClosed, Lane, PageTotal, decode
from messaging.clock import machine_now
from messaging.database import Database
from messaging.ledger import Auditor, note_page
from messaging.resends import ImpossibleSpan, next_chunk, note_request
from messaging.topology import EVENTS_EXCHANGE, binding_key
from tests.messaging.conftest import Sample, a_closure, eventually
from tests.messaging.test_ledger import broker_channel

WISH = RESEND_REQUESTED["reporting"](
    municipality="national",
    asked_of="registration",
    what="events",
    first_position=1,
    last_position=4,
    types=[CaseClosed.type_name()],
)


@pytest.fixture
def producer(a_sample: Callable[[str], Sample]) -> Sample:
    """Registration, which has published an urgent and a bulk event once, and is asked for them again."""
    sample = a_sample("registration")
    with sample.database.begin() as uow:
        uow.outbox.add(a_closure(), Lane.BULK)
        uow.outbox.add(a_closure(), Lane.URGENT)
    sample.execute("UPDATE outbox SET published_at = clock_timestamp()")
    with sample.database.begin() as uow:
        note_request(WISH, uow, "registration")
    return sample


@pytest.fixture
def queues(producer: Sample) -> Iterator[Callable[[str], set[int]]]:
    """`queues("urgent")`: takes what is in a lane of reporting, and gives the positions."""
    channel = broker_channel(producer)
    taken: dict[str, set[int]] = {lane: set() for lane in Lane}
    channel.exchange_declare(EVENTS_EXCHANGE, "topic", durable=True)
    for lane in Lane:
        channel.queue_declare(f"reporting.{lane}", durable=True, arguments={"x-queue-type": "quorum"})
        channel.queue_bind(f"reporting.{lane}", EVENTS_EXCHANGE, binding_key(CaseClosed, lane))

    def take(lane: str) -> set[int]:
        while (body := channel.basic_get(f"reporting.{lane}", auto_ack=True)[2]) is not None:
            taken[lane].add(decode(body).event.position)
        return taken[lane]

    yield take

    channel.connection.close()


def test_each_goes_to_the_queue_of_its_lane(producer: Sample, queues: Callable[[str], set[int]]) -> None:
    producer.start("relay")

    eventually(lambda: (queues("urgent"), queues("bulk")) == ({2}, {1}))
    assert producer.scalar("SELECT count(*) FROM resends") == 0


def test_what_is_urgent_does_not_wait_for_the_bulk_that_is_still_to_be_published(
    producer: Sample, queues: Callable[[str], set[int]]
) -> None:
    with producer.database.begin() as uow:
        for _ in range(30_000):
            uow.outbox.add(a_closure(), Lane.BULK)

    producer.start("relay")

    eventually(lambda: queues("urgent") == {2})
    assert producer.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL") > 0


def test_what_was_asked_for_and_is_not_urgent_holds_up_nothing_that_is(
    producer: Sample, queues: Callable[[str], set[int]]
) -> None:
    producer.execute("TRUNCATE resends")
    with producer.database.begin() as uow:
        for position in range(1000, 1060):
            note_request(replace(WISH, first_position=position, last_position=position), uow, "registration")
        note_request(WISH, uow, "registration")

    producer.start("relay")

    eventually(lambda: queues("urgent") == {2}, 30)


def test_what_nobody_waits_for_any_more_goes_by_bulk(producer: Sample) -> None:
    producer.execute("UPDATE outbox SET stored_at = clock_timestamp() - interval '2 hours' WHERE lane = 'urgent'")

    with producer.database.begin() as uow:
        urgent, bulk = (next_chunk(uow.connection, "registration", lane, 10) for lane in Lane)

    assert urgent is not None
    assert bulk is not None
    assert (len(urgent.messages), len(bulk.messages)) == (0, 2)


def test_a_look_goes_only_so_far_for_what_is_rare(producer: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.resends.LOOK_POSITIONS", 10)
    with producer.database.begin() as uow:
        for _ in range(25):
            uow.outbox.add(a_closure(), Lane.BULK)
        uow.outbox.add(a_closure(), Lane.URGENT)
    producer.execute("UPDATE outbox SET published_at = stored_at")
    producer.execute("TRUNCATE resends")

    found = []
    with producer.database.begin() as uow:
        note_request(replace(WISH, last_position=None), uow, "registration")
        while chunk := next_chunk(uow.connection, "registration", Lane.URGENT, 10):
            found.append([decode(message.body).event.position for message in chunk.messages])

    assert found == [[2], [], [28]]


def test_what_is_missing_is_asked_for_urgently(fresh_database: Callable[..., Database[Any]]) -> None:
    consumer, pace = fresh_database("reporting", "system"), timedelta(seconds=15)
    totals = {CaseClosed.type_name(): PageTotal(1, "0123456789abcdef")}
    page = PAGE_CLOSED["registration"](municipality="national", first_position=1, last_position=1, totals=totals)

    with consumer.begin() as uow:
        note_page(page, uow)
        Auditor("reporting", [CaseClosed], pace).check(uow, machine_now() + pace)

    with consumer.engine.connect() as connection:
        assert connection.execute(text("SELECT lane FROM outbox")).scalars().all() == ["urgent"]


@pytest.mark.parametrize("what", ["events", "pages"])
@pytest.mark.parametrize(
    ("first", "last"), [(-(2**63), None), (0, 4), (5, 4), (1, 0), (1, 2**63 - 1), (2**63 - 1, None)]
)
def test_a_span_that_no_outbox_can_have_is_refused(producer: Sample, what: str, first: int, last: int | None) -> None:
    """A relay would look through it for ever, and serve nobody else."""
    producer.execute("DELETE FROM resends")

    with producer.database.begin() as uow, pytest.raises(ImpossibleSpan):
        note_request(replace(WISH, what=what, first_position=first, last_position=last), uow, "registration")

    assert producer.scalar("SELECT count(*) FROM resends") == 0
