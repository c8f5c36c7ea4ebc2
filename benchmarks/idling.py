"""Latency on an idle platform: from just before a service's COMMIT until another service's row can be seen.

The relay and the worker are processes of their own; an observer asks for the row again and again.
"""

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg

from benchmarks import processes, queues
from benchmarks.events import an_event
from benchmarks.measuring import percentile
from benchmarks.scene import Contestants, Scene
from benchmarks.tables import Subject
from messaging.database import Database
from messaging.unit_of_work import UnitOfWork

LONGEST_SECONDS = 10.0
_THERE = "SELECT 1 FROM waiting_list WHERE case_id = %s"


def bench(scene: Scene) -> Contestants:
    """Milliseconds: the median and the 99th percentile of the same samples."""
    producer, consumer = Subject(scene.servers.database("producer")), Subject(scene.servers.database("consumer"))
    latest: list[float] = []

    def median() -> float:
        latest[:] = _samples(scene, producer, consumer)
        return percentile(latest, 50)

    return {"latency.p50": median, "latency.p99": lambda: percentile(latest, 99)}


def _samples(scene: Scene, producer: Subject, consumer: Subject) -> list[float]:
    rests = random.Random(scene.scale.samples)  # noqa: S311 - not cryptography
    database = Database(queues.PRODUCER, producer.url, UnitOfWork)
    with _platform(scene, producer, consumer), psycopg.connect(consumer.url, autocommit=True) as observer:
        found = [_one(database, observer, rests.uniform(0.02, 0.06)) for _ in range(scene.scale.samples + 5)]
    database.dispose()
    return found[5:]  # connections and plans are made with the first


def _one(database: Database[UnitOfWork], observer: "psycopg.Connection[tuple[int]]", rest: float) -> float:
    event = an_event()
    time.sleep(rest)  # so that the relay is met anywhere in its pause
    with database.begin() as uow:
        uow.outbox.add(event)
        uow.outbox.flush()
        began = time.perf_counter()
    while observer.execute(_THERE, [event.case_id]).fetchone() is None:
        if time.perf_counter() - began > LONGEST_SECONDS:
            raise AssertionError(f"no effect within {LONGEST_SECONDS:.0f} s")
        time.sleep(0.0005)
    return 1000 * (time.perf_counter() - began)


@contextmanager
def _platform(scene: Scene, producer: Subject, consumer: Subject) -> Iterator[None]:
    queues.declare(scene.amqp_url)
    environment = {
        f"FRIST_{queues.PRODUCER.upper()}_DATABASE_URL": producer.url,
        f"FRIST_{queues.CONSUMER.upper()}_DATABASE_URL": consumer.url,
        "FRIST_AMQP_URL": scene.amqp_url,
    }
    with ExitStack() as ends:
        for service, role in ((queues.PRODUCER, "relay"), (queues.CONSUMER, "worker")):
            command = processes.subject(service, "service:OneByOne", role)
            ends.enter_context(processes.running(command, environment, scene.log(f"idle-{role}")))
        yield
