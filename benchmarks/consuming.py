"""Consuming: a full queue, one worker process (or two), and how fast every event has had its effect.

The queue is filled before the worker starts, and the rate is read from the rows it wrote, by the clock of the database.
The first tenth is not counted: a process that has just started still warms up.
"""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import psycopg
from kombu.connection import Connection
from sqlalchemy import create_engine

from benchmarks import processes
from benchmarks.events import a_message
from benchmarks.servers import Servers
from benchmarks.subject.storage import TABLES
from frist_contracts import CaseRegistered
from messaging import topology
from messaging.publisher import Publisher
from messaging.settings import sqlalchemy_url
from messaging.tables import metadata

SERVICE = "scheduling"
EVENTS = 20_000

_RATE = """
    WITH counted AS (SELECT written_at FROM waiting_list ORDER BY written_at OFFSET %s)
    SELECT count(*) / extract(epoch FROM max(written_at) - min(written_at)) FROM counted
"""
_TABLES = ("waiting_list", "inbox", "outbox", "retries", "parked")


class Consuming:
    """The subject's consumer, its database and its queue; `rate` measures one round."""

    def __init__(self, servers: Servers, folder: Path, events: int = EVENTS) -> None:
        self._servers = servers
        self._events = events
        self._log = folder / "worker.log"
        self._url = servers.database("consuming")
        engine = create_engine(sqlalchemy_url(self._url))
        metadata.create_all(engine)
        engine.dispose()
        self._execute(TABLES)

    def rate(self, what: str, workers: int = 1) -> float:
        """Events a second through `what`, as `service:OneByOne`, after checking that each had its effect once."""
        self._prepare()
        environment = {
            f"FRIST_{SERVICE.upper()}_DATABASE_URL": self._url,
            "FRIST_AMQP_URL": self._servers.broker.amqp_url,
        }
        with ExitStack() as ends:
            for _ in range(workers):
                command = processes.subject(SERVICE, what, "worker")
                process = ends.enter_context(processes.running(command, environment, self._log))
            processes.wait_until(lambda: self._count("outbox") >= self._events, process, self._log, what)
        self._check(("waiting_list", "outbox") if "without_inbox" in what else ("waiting_list", "inbox", "outbox"))
        return float(self._scalar(_RATE, self._events // 10))

    def _prepare(self) -> None:
        self._execute("TRUNCATE " + ", ".join(_TABLES))
        with Connection(self._servers.broker.amqp_url) as connection:
            channel = connection.channel()
            topology.declare(channel, SERVICE, [CaseRegistered])
            channel.queue_purge(topology.queue_name(SERVICE, "bulk"))
        fill(self._servers.broker.amqp_url, self._events)
        self._servers.checkpoint()

    def _check(self, tables: Sequence[str]) -> None:
        counts = {table: self._count(table) for table in (*tables, "retries", "parked")}
        if counts != dict.fromkeys(tables, self._events) | {"retries": 0, "parked": 0}:
            raise AssertionError(f"{self._events} events went in, and this came of them: {counts}")

    def _count(self, table: str) -> int:
        return int(self._scalar(f"SELECT count(*) FROM {table}"))

    def _scalar(self, statement: str, *values: object) -> float:
        with psycopg.connect(self._url, autocommit=True) as connection:
            row = connection.execute(statement.encode(), values or None).fetchone()
        return float(row[0]) if row else 0.0

    def _execute(self, statements: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statements.encode())


def fill(amqp_url: str, events: int) -> None:
    """Put so many events into the queues that are bound, each confirmed."""
    publisher = Publisher(amqp_url, "bench")
    publisher.connect()
    waiting = [a_message(position) for position in range(events, 0, -1)]
    settled, until = 0, time.monotonic() + processes.LONGEST_SECONDS
    while settled < events and time.monotonic() < until:
        while waiting and publisher.room > 0:
            publisher.offer(waiting.pop())
        publisher.turn(0.5)
        confirmed, refused = publisher.settled()
        if refused:
            raise AssertionError(f"{len(refused)} messages reached no queue")
        settled += len(confirmed)
    publisher.close()
