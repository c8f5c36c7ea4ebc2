"""How often a failed event is tried does not depend on how many copies of worker and relay run."""

from concurrent.futures import ThreadPoolExecutor

from frist_contracts import Envelope, Lane, decode, encode, with_position
from messaging import retries
from messaging.clock import machine_now
from messaging.identifiers import new_id
from tests.messaging.conftest import Sample, an_answer, eventually

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
            return [due.event_id for due in retries.take_due(connection, list(Lane), machine_now(), 50)]

    with ThreadPoolExecutor(4) as pool:
        taken = [event_id for ids in pool.map(take, range(12)) for event_id in ids]

    assert len(taken) == len(set(taken)) == 300
    assert take(0) == []


def a_message() -> tuple[Envelope, bytes]:
    event_id, event = new_id(), an_answer()
    body = encode(event, event_id=event_id, time=machine_now(), lane=event.lane, correlation_id=event_id)
    return decode(with_position(body, 1)), with_position(body, 1)
