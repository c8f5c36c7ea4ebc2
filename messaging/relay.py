"""Moves outbox rows to RabbitMQ, and due retries back to their queue. One is active for each service.

The lock is held on the very connection that reads and marks, so that a relay that lost it can no longer mark.
A row is marked published after its confirm; a crash in between publishes it again, and the inboxes absorb it.
Rows are found by `published_at IS NULL`, never by a cursor: positions become visible out of order.
"""

import random
import time
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from frist_contracts import with_position
from messaging import metrics, retries, topology
from messaging.clock import machine_now
from messaging.delivery import RETRY_HEADER
from messaging.errors import BrokerAwayError
from messaging.launcher import Signals
from messaging.logs import configure_logs, logger
from messaging.publisher import Outgoing, Publisher
from messaging.settings import MessagingSettings

log = logger(__name__)

LOCK_KEY = 7_001_001
WINDOW = 500
"""How many messages are on their way to the broker before their confirms are waited for."""
STANDBY_SECONDS = 0.5
RETURN_REST_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 5.0

_WAITING = text("""
    SELECT position, event_id::text AS event_id, routing_key, envelope FROM outbox
    WHERE published_at IS NULL AND lane = :lane ORDER BY position LIMIT :limit
""")
_MARK = text("UPDATE outbox SET published_at = clock_timestamp() WHERE position = ANY(:positions)")


class Relay:
    """The relay of one service."""

    def __init__(self, settings: MessagingSettings) -> None:
        self._settings = settings
        self._publisher = Publisher(settings.amqp_url, f"{settings.service}-relay")
        self._returned_until = 0.0

    def run(self, signals: Signals) -> None:
        """Relay until a signal comes, through every loss of the broker and the database."""
        engine = create_engine(self._settings.database_url, pool_size=1, connect_args={"connect_timeout": 5})
        failures = 0
        while not signals.received:
            try:
                self._session(engine, signals)
                failures = 0
            except (BrokerAwayError, SQLAlchemyError, psycopg.Error, OSError) as error:
                failures += 1
                log.warning("relay_interrupted", error=repr(error)[:300], failures=failures)
                self._publisher.close()
                engine.dispose()
                _rest(signals, min(0.1 * 2**failures, LONGEST_WAIT_SECONDS) * random.uniform(0.7, 1.0))  # noqa: S311
        self._publisher.close()
        engine.dispose()

    def _session(self, engine: Engine, signals: Signals) -> None:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            gauge = metrics.relay_active.labels(self._settings.service)
            gauge.set(0)
            while not _lock(connection):
                if signals.received:
                    return
                _rest(signals, STANDBY_SECONDS)
            self._publisher.connect()
            gauge.set(1)
            log.info("relay_active")
            while not signals.received:
                if not self.step(connection):
                    self._publisher.idle(self._settings.poll_seconds)

    def step(self, connection: Connection) -> int:
        """Publish what waits, urgent first, and put due retries back; returns how many were confirmed."""
        if self._publisher.is_blocked or time.monotonic() < self._returned_until:
            return 0
        rows = self._waiting(connection, "urgent", WINDOW)
        rows += self._waiting(connection, "bulk", WINDOW - len(rows)) if len(rows) < WINDOW else []
        sent = self._publish(connection, rows) if rows else 0
        return sent + self._put_back(connection)

    def _waiting(self, connection: Connection, lane: str, limit: int) -> list[Any]:
        rows = list(connection.execute(_WAITING, {"lane": lane, "limit": limit}))
        metrics.outbox_waiting.labels(self._settings.service, lane).set(len(rows))
        return rows

    def _publish(self, connection: Connection, rows: list[Any]) -> int:
        confirmed = self._publisher.publish(
            [
                Outgoing(
                    key=row.position,
                    exchange=topology.EVENTS_EXCHANGE,
                    routing_key=row.routing_key,
                    message_id=row.event_id,
                    body=with_position(row.envelope, row.position),
                )
                for row in rows
            ]
        )
        if confirmed:
            connection.execute(_MARK, {"positions": confirmed})
        if len(confirmed) < len(rows):
            self._note_returned(rows, set(confirmed))
        return len(confirmed)

    def _note_returned(self, rows: list[Any], confirmed: set[int]) -> None:
        lost = sorted({row.routing_key for row in rows if row.position not in confirmed})
        metrics.returned.labels(self._settings.service).inc(len(rows) - len(confirmed))
        log.warning("events_returned", count=len(rows) - len(confirmed), routing_keys=lost[:5])
        self._returned_until = time.monotonic() + RETURN_REST_SECONDS

    def _put_back(self, connection: Connection) -> int:
        now = machine_now()
        due = retries.take_due(connection, now, WINDOW)
        if not due:
            return 0
        confirmed = self._publisher.publish(
            [
                Outgoing(
                    key=retry.event_id,
                    exchange="",
                    routing_key=topology.queue_name(self._settings.service, retry.lane),
                    message_id=retry.event_id,
                    body=retry.body,
                    headers={RETRY_HEADER: 1},
                )
                for retry in due
            ]
        )
        retries.lease(connection, confirmed, now)
        return len(confirmed)


def run_relay(service: str) -> None:
    """The relay process of a service; ends on SIGTERM or SIGINT."""
    settings = MessagingSettings.load(service)
    configure_logs(service, "relay", settings.log_level)
    metrics.serve(settings.metrics_port)
    Relay(settings).run(Signals(settings.grace_seconds))


def _lock(connection: Connection) -> bool:
    return bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}).scalar())


def _rest(signals: Signals, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not signals.received and time.monotonic() < until:
        time.sleep(0.05)
