"""Lanes: how long an urgent event takes from its commit to its effect while bulk is worked through before it."""

import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import psycopg
from kombu.connection import Connection

from benchmarks import processes, queues
from benchmarks.events import an_event
from benchmarks.measuring import percentile
from benchmarks.scene import Contestants, Scene
from benchmarks.tables import Subject
from frist_contracts import Event, Lane
from messaging import topology
from messaging.database import Database
from messaging.unit_of_work import UnitOfWork

BULK = 200_000
URGENT = 200
"""How many urgent events are timed."""
LOOK_SECONDS = 0.002

_THERE = "SELECT FROM inbox WHERE event_id = %s"
_APPLIED_BULK = "SELECT count(*) FROM inbox WHERE lane = 'bulk'"
_MULTIPLY = """
    INSERT INTO outbox (event_id, type, subject, municipality, lane, private, routing_key, envelope)
    SELECT id, type, case_id, municipality, lane, private, routing_key,
           replace(replace(envelope, event_id::text, id::text), subject, case_id)
    FROM outbox, LATERAL (SELECT gen_random_uuid() AS id, gen_random_uuid()::text AS case_id
                          FROM generate_series(1, %(copies)s) WHERE outbox.position > 0) AS made
    WHERE event_id = %(event_id)s
"""
"""Other events of other cases, alike in everything else."""


def urgent_latencies(
    producer: Database[Any], consumer_url: str, an_urgent_event: Callable[[], Event], count: int
) -> list[float]:
    """Milliseconds from the commit of each of `count` urgent events to the moment its effect can be seen at the consumer.

    They are added at irregular moments, a tenth of a second apart on average, so that they meet bulk at every stage.
    """
    found = []
    with psycopg.connect(consumer_url.replace("+psycopg", ""), autocommit=True) as consumer:
        for _ in range(count):
            with producer.begin() as uow:
                event_id = uow.outbox.add(an_urgent_event(), Lane.URGENT)
            committed = time.perf_counter()
            deadline = committed + processes.LONGEST_SECONDS
            while consumer.execute(_THERE, [event_id]).fetchone() is None:
                if time.perf_counter() > deadline:
                    raise AssertionError(f"an urgent event had no effect in {processes.LONGEST_SECONDS:.0f} s")
                time.sleep(LOOK_SECONDS)
            found.append(1000 * (time.perf_counter() - committed))
            time.sleep(random.uniform(0.02, 0.18))  # noqa: S311 - no secret
    return found


class Lanes:
    """The subject as producer and consumer of its own events; both measures return latencies in milliseconds."""

    def __init__(self, scene: Scene, bulk: int = BULK, urgent: int = URGENT) -> None:
        self._scene = scene
        self._bulk = bulk
        self._urgent = urgent
        self._subject = Subject(scene.servers.database("lanes"))
        self._database: Database[Any] = Database(queues.CONSUMER, self._subject.url, UnitOfWork)

    def behind_a_full_queue(self) -> list[float]:
        """All bulk waits in the consumer's bulk queue when the urgent events are added."""
        self._prepare()
        queues.fill(self._scene.amqp_url, self._bulk)
        return self._measure()

    def behind_a_full_outbox(self) -> list[float]:
        """All bulk waits in the producer's outbox when the urgent events are added."""
        self._prepare()
        with self._database.begin() as uow:
            event_id = uow.outbox.add(an_event(), Lane.BULK)
        with psycopg.connect(self._subject.url, autocommit=True) as connection:
            connection.execute(_MULTIPLY, {"event_id": event_id, "copies": self._bulk - 1})
            connection.execute("ANALYZE outbox")
        return self._measure()

    def _measure(self) -> list[float]:
        environment = {
            f"FRIST_{queues.CONSUMER.upper()}_DATABASE_URL": self._subject.url,
            "FRIST_AMQP_URL": self._scene.amqp_url,
        }
        self._scene.servers.checkpoint()
        with ExitStack() as ends:
            for role in ("worker", "relay"):
                log = self._scene.log(f"lanes-{role}")
                command = processes.subject(queues.CONSUMER, "service:OneByOne", role)
                process = ends.enter_context(processes.running(command, environment, log))
            processes.wait_until(lambda: self._applied() > 0, process, log, "lanes")
            found = urgent_latencies(self._database, self._subject.url, an_event, self._urgent)
            applied = self._applied()
        if applied >= self._bulk:
            raise AssertionError(f"all {applied} bulk events were through before the last urgent one was added")
        return found

    def _prepare(self) -> None:
        self._subject.empty()
        queues.declare(self._scene.amqp_url)
        with Connection(self._scene.amqp_url) as connection:  # somebody has to listen to what the subject announces
            channel = connection.channel()
            channel.queue_declare("heard", auto_delete=False, arguments={"x-max-length": 1000})
            channel.queue_bind("heard", topology.EVENTS_EXCHANGE, f"{queues.CONSUMER}.#")

    def _applied(self) -> int:
        return int(self._subject.scalar(_APPLIED_BULK))


def bench(scene: Scene) -> Contestants:
    """The 99th percentile of an urgent event's milliseconds, behind bulk that waits at the consumer or at the producer."""
    lanes = Lanes(scene)
    return {
        "lanes.queue": lambda: percentile(lanes.behind_a_full_queue(), 99),
        "lanes.outbox": lambda: percentile(lanes.behind_a_full_outbox(), 99),
    }
