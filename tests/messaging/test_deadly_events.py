"""An event whose handler kills the process is parked after a few deaths, and its neighbours take effect."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pika
import pytest

from messaging.suspects import MOST_DEATHS
from messaging.topology import DELIVERY_LIMIT
from tests.messaging.conftest import Sample, an_answer, eventually

KILLED = -9


@contextmanager
def kept_alive(sample: Sample, *workers: str) -> Iterator[Counter[int]]:
    """Workers that are started again whenever they die, as a supervisor does; yields how often they died of what."""
    deaths: Counter[int] = Counter()
    ending = threading.Event()

    def watch() -> None:
        while not ending.wait(0.05):
            for worker in workers:
                code = sample.processes[worker].poll()
                if code is not None:
                    deaths[code] += 1
                    sample.start(worker)

    sample.start(*workers)
    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield deaths
    finally:
        ending.set()
        watching.join()


def everything_is_published(sample: Sample) -> bool:
    return bool(sample.scalar("SELECT count(*) = 0 FROM outbox WHERE published_at IS NULL"))


@pytest.fixture
def with_its_queues(a_sample: Callable[[str], Sample]) -> Sample:
    """A service that hears what it says itself, and whose queues are there: what is announced waits in them."""
    sample = a_sample("reporting")
    sample.start("worker", "relay")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1)
    sample.stop("worker")
    return sample


def test_an_event_that_kills_its_process_is_parked_and_its_neighbours_take_effect(with_its_queues: Sample) -> None:
    sample = with_its_queues
    deadly = an_answer(score=4)
    sample.announce(*(an_answer() for _ in range(150)), deadly, *(an_answer() for _ in range(150)))
    eventually(lambda: everything_is_published(sample))

    with kept_alive(sample, "worker-1", "worker-2") as deaths:
        eventually(lambda: sample.effects() == 301, 60)
        eventually(lambda: parked_in_a_hurry(sample) == 1, 60)
        eventually(lambda: sample.scalar("SELECT count(*) FROM retries") == 0)

    assert sample.scalar("SELECT reason FROM parked") == f"the process died with it {MOST_DEATHS} times"
    assert deadly.survey_id.encode() in bytes(sample.scalar("SELECT body FROM parked"))
    assert set(deaths) == {KILLED}
    assert deaths[KILLED] <= 2 * MOST_DEATHS + 1  # each time in a batch and alone at most
    assert sample.effects() == 301


def test_many_deadly_events_in_one_batch_harm_nobody_else(with_its_queues: Sample) -> None:
    sample = with_its_queues
    sample.announce(*(an_answer(score=4 if n % 10 == 0 else 5) for n in range(30)))
    eventually(lambda: everything_is_published(sample))

    with kept_alive(sample, "worker"):
        eventually(lambda: parked_in_a_hurry(sample) == 3, 120)  # some ten deaths, after each of which a worker starts
        eventually(lambda: sample.effects() == 28)


def test_a_parked_event_that_comes_again_kills_at_most_once_more(with_its_queues: Sample) -> None:
    sample = with_its_queues
    sample.announce(an_answer(score=4))
    with kept_alive(sample, "worker") as deaths:
        eventually(lambda: parked_in_a_hurry(sample) == 1, 60)
        before = deaths[KILLED]

        sample.execute("UPDATE outbox SET published_at = NULL WHERE position = 3")
        eventually(lambda: deaths[KILLED] == before + 1)
        sample.announce(*(an_answer() for _ in range(20)))

        eventually(lambda: sample.effects() == 21)
        assert deaths[KILLED] == before + 1
    assert sample.scalar("SELECT count(*) FROM parked") == 1
    assert sample.scalar("SELECT count(*) FROM retries") == 0


def test_what_the_broker_gave_up_on_is_parked(with_its_queues: Sample) -> None:
    sample = with_its_queues
    sample.announce(an_answer())
    with pika.BlockingConnection(pika.URLParameters(sample.environment["FRIST_AMQP_URL"])) as connection:
        channel = connection.channel()
        for _ in range(DELIVERY_LIMIT + 1):
            channel.basic_reject(eventually(lambda: channel.basic_get("reporting.bulk")[0]).delivery_tag, requeue=True)

    sample.start("worker")

    eventually(lambda: sample.scalar("SELECT count(*) FROM parked") == 1)
    assert "the broker gave up on it" in sample.scalar("SELECT reason FROM parked")
    assert sample.effects() == 1


def parked_in_a_hurry(sample: Sample) -> int:
    """How many are parked; what is to be tried again later is tried now."""
    sample.execute(
        "UPDATE retries SET due_at = clock_timestamp() WHERE due_at > clock_timestamp() + interval '1 second'"
    )
    return int(sample.scalar("SELECT count(*) FROM parked"))
