"""One bad message harms only itself: retried with growing waits, parked with its reason, replayed."""

import pika
import pytest

from frist_contracts import CONTENT_TYPE, SessionHeld
from messaging import parked
from messaging.clock import machine_now
from messaging.identifiers import new_id
from tests.messaging.conftest import Sample, an_answer, eventually


def test_a_refusal_is_parked_at_once_and_its_neighbours_take_effect(sample: Sample) -> None:
    sample.start("worker", "relay")

    sample.announce(*(an_answer() for _ in range(30)), an_answer(score=1), *(an_answer() for _ in range(30)))

    eventually(lambda: sample.effects() == 60)
    eventually(lambda: sample.scalar("SELECT count(*) FROM parked") == 1)
    assert sample.scalar("SELECT reason FROM parked") == "score_refused: A score of one is refused."
    assert sample.scalar("SELECT count(*) FROM retries") == 0


def test_a_handler_that_recovers_succeeds_on_a_retry(sample: Sample) -> None:
    sample.start("worker", "relay")
    sample.announce(an_answer(score=3))
    eventually(lambda: sample.scalar("SELECT count(*) FROM retries") == 1)

    sample.execute("UPDATE behaviour SET behaves = true")

    eventually(lambda: sample.effects() == 1)
    eventually(lambda: sample.scalar("SELECT count(*) FROM retries") == 0)
    assert sample.scalar("SELECT count(*) FROM parked") == 0


def test_waits_grow_and_after_the_last_attempt_the_event_is_parked_with_its_stack(sample: Sample) -> None:
    sample.start("worker", "relay")
    sample.announce(an_answer(score=2))
    eventually(lambda: sample.scalar("SELECT attempts FROM retries") == 2)
    assert sample.scalar("SELECT extract(epoch FROM due_at - clock_timestamp()) > 0.5 FROM retries")

    sample.execute("UPDATE retries SET attempts = 7, due_at = clock_timestamp()")

    eventually(lambda: sample.scalar("SELECT count(*) FROM parked") == 1)
    assert "the handler broke" in sample.scalar("SELECT detail FROM parked")
    assert sample.scalar("SELECT attempts FROM parked") == 8
    assert sample.scalar("SELECT count(*) FROM retries") == 0


def test_a_replayed_message_takes_effect_once_it_can(sample: Sample) -> None:
    sample.start("worker", "relay")
    sample.announce(an_answer(score=3))
    eventually(lambda: sample.scalar("SELECT count(*) FROM retries") == 1)
    sample.execute("UPDATE retries SET attempts = 7, due_at = clock_timestamp()")
    parked_id = eventually(lambda: sample.scalar("SELECT parked_id FROM parked"))
    sample.execute("UPDATE behaviour SET behaves = true")

    with sample.database.begin() as uow:
        parked.replay(uow.connection, [parked_id], machine_now(), "a test")

    eventually(lambda: sample.effects() == 1)
    assert sample.scalar("SELECT state FROM parked") == "replayed"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff\xfe", "body is not UTF-8"),
        (b"[]", "not a JSON object"),
        (b'{"specversion":"1.0","type":"registration.case_vanished.v1"}', "unknown event type"),
    ],
)
def test_unreadable_bytes_are_parked_with_their_reason(sample: Sample, body: bytes, reason: str) -> None:
    sample.start("worker", "relay")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1)

    _send(sample, body)

    eventually(lambda: sample.scalar("SELECT count(*) FROM parked") == 1)
    assert reason in sample.scalar("SELECT reason FROM parked")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 2)


def _send(sample: Sample, body: bytes) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(sample.environment["FRIST_AMQP_URL"]))
    connection.channel().basic_publish("", "sample.bulk", body, pika.BasicProperties(content_type=CONTENT_TYPE))
    connection.close()


def test_an_event_that_nobody_listens_to_does_not_hold_up_the_others(sample: Sample) -> None:
    sample.start("worker", "relay")
    sample.announce(a_session_held(), an_answer())
    eventually(lambda: sample.effects() == 1)

    sample.announce(*(an_answer() for _ in range(50)))

    eventually(lambda: sample.effects() == 51)
    eventually(lambda: sample.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 1)


def a_session_held() -> SessionHeld:
    return SessionHeld(
        municipality="dk-0101",
        session_id=new_id(),
        programme_id="p",
        coach_id="c",
        form="desk",
        starts_at=machine_now(),
        seats=1,
        attended=1,
    )
