"""How often a failed event is tried depends neither on how many copies of worker and relay run nor on how long a queue is."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from frist_contracts import Envelope, Lane, SurveyAnswered, decode, encode, with_position
from messaging import retries
from messaging.clock import machine_now
from messaging.delivery import Delivery, Message, Route
from messaging.identifiers import new_id
from tests.messaging import sample_handlers as handlers
from tests.messaging.conftest import Sample, an_answer, eventually

ROUTES = {SurveyAnswered: Route(handlers.count_answer)}
TRIES = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM tries"


def test_an_event_that_fails_is_tried_when_due_and_once_whatever_the_number_of_replicas(sample: Sample) -> None:
    sample.start("worker-1", "worker-2", "worker-3", "relay-1", "relay-2")
    sample.announce(an_answer(score=2))

    eventually(lambda: sample.scalar("SELECT attempts FROM retries") == 3, 40)

    assert sample.scalar(TRIES) == 3
    waited = "SELECT extract(epoch FROM clock_timestamp() - first_failed_at) FROM retries"
    assert sample.scalar(waited) >= 0.75 * (0.5 + 2)
    assert sample.scalar("SELECT due_at - clock_timestamp() > interval '4 seconds' FROM retries")


def test_two_that_ask_for_due_retries_at_once_get_each_of_them_once(sample: Sample) -> None:
    with sample.database.begin() as uow:
        for _ in range(300):
            envelope, body = a_message()
            retries.schedule(uow.connection, envelope, body, attempts=1, reason="", due_at=machine_now())

    def take(_: int) -> list[str]:
        with sample.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            return [due.identity.event_id for due in retries.take_due(connection, list(Lane), machine_now(), 50)]

    with ThreadPoolExecutor(4) as pool:
        taken = [event_id for ids in pool.map(take, range(12)) for event_id in ids]

    assert len(taken) == len(set(taken)) == 300
    assert take(0) == []


def test_a_retry_that_was_put_back_while_its_queue_was_long_is_tried_once(sample: Sample) -> None:
    now = machine_now()
    original = Message(a_message(score=2)[1], Lane.BULK)
    delivery = Delivery(sample.database, ROUTES)
    delivery.deliver([original])

    copies = [taken_at(sample, now + timedelta(minutes=minute)) for minute in (1, 3, 5)]
    assert {(copy.attempts, copy.is_retry) for copy in copies} == {(1, True)}
    for copy in (*copies, replace(copies[0], is_redelivered=True)):
        delivery.deliver([copy])
    delivery.deliver([original])  # the relay did not hear that it was confirmed, and sent it again

    assert sample.scalar("SELECT attempts FROM retries WHERE deaths = 0") == 2
    assert (
        sample.scalar(TRIES) == 3
    )  # the third is the original's: the retries are asked only about what comes from them
    assert sample.scalar("SELECT due_at - clock_timestamp() < interval '10 seconds' FROM retries")


def test_of_two_workers_that_fail_with_copies_of_one_retry_at_once_one_counts(sample: Sample) -> None:
    delivery = Delivery(sample.database, ROUTES)
    delivery.deliver([Message(a_message(score=2)[1], Lane.BULK)])
    copy = taken_at(sample, machine_now() + timedelta(minutes=1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: delivery.deliver([copy]), range(4)))

    assert sample.scalar("SELECT attempts FROM retries") == 2


def test_who_claims_failures_that_nobody_knows_of_is_kept_all_the_same(sample: Sample) -> None:
    claiming = Message(a_message(score=2)[1], Lane.BULK, is_retry=True, attempts=5)

    Delivery(sample.database, ROUTES).deliver([claiming])

    assert sample.scalar("SELECT attempts FROM retries") == 1


def taken_at(sample: Sample, moment: datetime) -> Message:
    """The one retry, as the relay puts it on the queue when it finds it due."""
    with sample.database.begin() as uow:
        (due,) = retries.take_due(uow.connection, list(Lane), moment, 100)
    return Message(due.body, Lane(due.lane), is_retry=True, attempts=due.attempts, deaths=due.deaths)


def a_message(score: int = 5) -> tuple[Envelope, bytes]:
    event_id, event = new_id(), an_answer(score=score)
    body = encode(event, event_id=event_id, time=machine_now(), lane=event.lane, correlation_id=event_id)
    return decode(with_position(body, 1)), with_position(body, 1)
