"""What is lost comes back by itself; a newcomer gets what came before it; and the books say so."""

from collections.abc import Callable

import pika
import pytest

from frist_contracts import CaseClosed
from tests.messaging.conftest import Sample, a_closure, eventually

SETTLED_UP_TO = "SELECT last_position FROM pages WHERE is_settled AND first_position = 1"
NEVER = 3600
UNSETTLED = "SELECT count(*) FROM pages WHERE NOT is_settled"


def closures(count: int) -> list[CaseClosed]:
    return [a_closure() for _ in range(count)]


@pytest.fixture
def producer(a_sample: Callable[[str], Sample]) -> Sample:
    """A service that tells of closed cases, and closes its pages every second."""
    return started(a_sample("registration"))


@pytest.fixture
def consumer(a_sample: Callable[[str], Sample]) -> Sample:
    """A service that keeps closed cases."""
    return started(a_sample("reporting"))


def started(sample: Sample, *roles: str, page_seconds: int = 1) -> Sample:
    sample.environment["FRIST_PAGE_SECONDS"] = str(page_seconds)
    sample.start(*(roles or ("worker", "relay")))
    return sample


def applied(consumer: Sample) -> int:
    return int(consumer.scalar("SELECT count(*) FROM closures"))


def broker_channel(sample: Sample) -> pika.adapters.blocking_connection.BlockingChannel:
    return pika.BlockingConnection(pika.URLParameters(sample.environment["FRIST_AMQP_URL"])).channel()


def test_pages_settle_and_join_and_say_what_was_published(producer: Sample, consumer: Sample) -> None:
    for _ in range(3):
        before = applied(consumer)
        producer.announce(*closures(40))
        eventually(lambda before=before: applied(consumer) == before + 40)
        eventually(lambda: producer.scalar("SELECT count(*) FROM outbox WHERE type = 'registration.page_closed.v1'"))

    eventually(lambda: (consumer.scalar(SETTLED_UP_TO) or 0) >= 120, 60)
    eventually(lambda: consumer.scalar(UNSETTLED) == 0, 60)

    assert applied(consumer) == 120


def test_what_was_purged_from_a_queue_comes_again(producer: Sample, consumer: Sample) -> None:
    producer.announce(*closures(10))
    eventually(lambda: applied(consumer) == 10)
    consumer.kill("worker")
    producer.announce(*closures(300))
    eventually(lambda: producer.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0)
    channel = broker_channel(consumer)
    for lane in ("urgent", "bulk"):
        channel.queue_purge(f"reporting.{lane}")

    consumer.start("worker")

    eventually(lambda: applied(consumer) == 310, 60)
    eventually(lambda: consumer.scalar(UNSETTLED) == 0)
    assert consumer.scalar("SELECT count(*) FROM inbox WHERE type = 'registration.case_closed.v1'") == 310


def test_a_deleted_queue_is_made_again_and_filled(producer: Sample, consumer: Sample) -> None:
    producer.announce(*closures(10))
    eventually(lambda: applied(consumer) == 10)
    consumer.stop("worker")
    producer.announce(*closures(200))
    eventually(lambda: producer.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0)
    channel = broker_channel(consumer)
    for lane in ("urgent", "bulk"):
        channel.queue_delete(f"reporting.{lane}")

    consumer.start("worker")
    producer.announce(*closures(5))

    eventually(lambda: applied(consumer) == 215, 60)


def test_a_queue_deleted_under_a_running_worker_is_made_again(producer: Sample, consumer: Sample) -> None:
    producer.announce(*closures(10))
    eventually(lambda: applied(consumer) == 10)

    channel = broker_channel(consumer)
    for lane in ("urgent", "bulk"):
        channel.queue_delete(f"reporting.{lane}")
    producer.announce(*closures(100))

    eventually(lambda: applied(consumer) == 110, 60)


def test_a_service_that_joins_later_gets_what_came_before_it(
    producer: Sample, a_sample: Callable[[str], Sample]
) -> None:
    producer.announce(*closures(700))
    eventually(lambda: producer.scalar("SELECT count(*) FROM outbox WHERE type = 'registration.page_closed.v1'"))

    newcomer = started(a_sample("notifications"))

    eventually(lambda: applied(newcomer) == 700, 60)


def test_a_lost_event_is_asked_for_alone(a_sample: Callable[[str], Sample], consumer: Sample) -> None:
    eventually(
        lambda: consumer.said("worker").count('"consuming"') == 3
    )  # else it is late, and no page tells it of more
    producer = started(a_sample("registration"), page_seconds=NEVER)
    producer.announce(*closures(50))
    eventually(lambda: applied(consumer) == 50)
    consumer.execute("DELETE FROM closures WHERE case_id = (SELECT min(case_id) FROM closures)")
    consumer.execute("DELETE FROM inbox WHERE position = (SELECT min(position) FROM inbox)")

    producer.stop("relay")
    started(producer, "relay")  # closes the page only now: a page that has agreed once is not counted again

    eventually(lambda: applied(consumer) == 50, 60)

    eventually(lambda: consumer.scalar(UNSETTLED) == 0)
