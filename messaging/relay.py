"""Moves outbox rows to RabbitMQ, and due retries back to their queue. One is active for each service.

The lock is held on the very connection that reads and marks, so that a relay that lost it can no longer mark.
A row is marked published after its confirm; a crash in between publishes it again, and the inboxes absorb it.
Rows are found by `published_at IS NULL`, never by a cursor: positions become visible out of order.
"""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from frist_contracts import with_position
from messaging import metrics, resends, retries, topology
from messaging.backlog import Backlog
from messaging.bell import Bell
from messaging.clock import machine_now
from messaging.connection import plain_engine
from messaging.database import CONNECTION
from messaging.delivery import RETRY_HEADER
from messaging.errors import BrokerAwayError
from messaging.glance import is_anything_waiting
from messaging.journeys import Journeys
from messaging.launcher import Signals
from messaging.logs import configure_logs, logger
from messaging.nodes import wait_after
from messaging.pager import Pager
from messaging.publisher import Outgoing, Publisher
from messaging.settings import MessagingSettings
from messaging.tracing import configure_tracing
from messaging.watchdog import Watchdog

log = logger(__name__)

LOCK_KEY = 7_001_001
STANDBY_SECONDS = 0.5
REFUSED_REST_SECONDS = 1.0
MOST_RESTING = 2_000
"""An event that reached no queue rests for a second and the others go on. When this many rest because nobody has a queue
for them, the oldest are left to the ledger: a subscriber that comes late asks for them, and nobody else waits for it. When
the broker refused this many, all wait.
"""
MOST_REFUSALS = 3
"""A channel that was opened while a queue lost its leader may refuse everything for that queue as long as it lives, with
the new leader elected long ago (RabbitMQ 3.10): after so many refusals of one event another channel is opened."""
RETRIES_EVERY_SECONDS = 0.2
RESENDS_EVERY_SECONDS = 1.0

_WAITING_IN_LANE = """
    (SELECT lane, position, event_id::text, routing_key, envelope FROM outbox
     WHERE published_at IS NULL AND (lane, position) >= ('{lane}', :floor) AND lane <= '{lane}'
       AND position NOT IN (SELECT unnest(CAST(:in_hand AS bigint[])))
     ORDER BY lane, position LIMIT {limit})
"""
_WAITING = text(
    " UNION ALL ".join(
        _WAITING_IN_LANE.format(lane=lane, limit=limit)
        for lane, limit in (("urgent", ":limit"), ("bulk", ":bulk_limit"))
    )
)
"""Asked for in the order of the index of what is unpublished: by `lane = 'bulk' ORDER BY position` a backlog of which the
server knows that it is long is read by the primary key, past everything that has just been published.
"""
_MARK = text("""
    WITH unhurried AS (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE outbox SET published_at = clock_timestamp() FROM unhurried WHERE position = ANY(CAST(:positions AS bigint[]))
""")
"""Does not wait for the disk: of a mark that the database loses in a crash, the event is published again and absorbed."""

CHUNK = 500
"""How many rows of a lane are read at once."""
RESCAN_SECONDS = 2.0
FLOOR_SLACK = 20_000
"""Reading starts this far below the lowest row that waited last, and every two seconds from the very first:
so the dead index entries of a long backlog are not walked through each time, and no late commit is missed."""


class Relay:
    """The relay of one service."""

    def __init__(self, settings: MessagingSettings) -> None:
        self._settings = settings
        self._publisher = Publisher(settings.amqp_url, f"{settings.service}-relay", settings.silence_seconds)
        self.last_alive = time.monotonic()
        self._failures = 0
        self._buffer: deque[Outgoing] = deque()
        self._journeys = Journeys(settings.service)
        self._floor = 0
        self._found = True
        self._scanned_at = self._retries_at = self._resends_at = 0.0
        self._is_resending = False
        self._resting: dict[int, float] = {}
        self._unheard: dict[int, None] = {}
        self._refusals: dict[int, int] = {}
        self._pager = Pager(settings.service, settings.page_seconds)
        self._backlog = Backlog(settings.service)

    def run(self, signals: Signals) -> None:
        """Relay until a signal comes, through every loss of the broker and the database."""
        engine = plain_engine(self._settings.database_url, pool_size=1, connect_args=CONNECTION)
        while not signals.received:
            try:
                self._session(engine, signals)
            except (BrokerAwayError, SQLAlchemyError, psycopg.Error, OSError) as error:
                self._failures += 1
                log.warning("relay_interrupted", error=repr(error)[:300], failures=self._failures)
                self._publisher.close()
                engine.dispose()
                if not isinstance(error, BrokerAwayError):
                    self._backlog.hide()  # what was read of the database may be long out of date
                self._rest(signals, wait_after(self._failures))
        self._publisher.close()
        engine.dispose()

    def _session(self, engine: Engine, signals: Signals) -> None:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            gauge = metrics.relay_active.labels(self._settings.service)
            gauge.set(0)
            while not _lock(connection):
                self._backlog.hide()
                if signals.received:
                    return
                self._rest(signals, STANDBY_SECONDS)
            self._backlog.look(connection)
            self._publisher.connect()
            self._start_afresh()
            bell = Bell(connection)
            gauge.set(1)
            log.info("relay_active")
            while not signals.received:
                self._step(connection, bell)
                self.last_alive = time.monotonic()
                self._failures = 0

    def _step(self, connection: Connection, bell: Bell) -> None:
        """Put on the wire what waits, let the wire work, and mark what was confirmed."""
        self._backlog.look(connection)
        self._fill(connection, bell)
        while self._buffer and self._publisher.room > 0:
            message = self._buffer.popleft()
            self._journeys.begin(message)
            self._publisher.offer(message)
        self._turn(bell)
        confirmed, refused = self._publisher.settled()
        self._journeys.end(confirmed, refused)
        self._mark(connection, confirmed)
        if refused:
            self._note_refused(connection, refused)

    def _turn(self, bell: Bell) -> None:
        """Let the wire work; with nothing to do, until a ring."""
        if bell.may_rest:
            self._publisher.turn(0 if bell.has_rung else self._settings.rest_seconds, wake=bell.wire)
        else:
            self._publisher.turn(self._settings.poll_seconds)

    def _start_afresh(self) -> None:
        self._buffer.clear()
        self._journeys.forget()
        for notes in (self._resting, self._unheard, self._refusals):
            notes.clear()
        self._pager = Pager(self._settings.service, self._settings.page_seconds)
        self._floor, self._scanned_at, self._retries_at, self._resends_at = 0, 0.0, 0.0, 0.0

    def _fill(self, connection: Connection, bell: Bell) -> None:
        now = time.monotonic()
        self._resting = {position: until for position, until in self._resting.items() if until > now}
        if self._publisher.room <= 0 or len(self._resting) > MOST_RESTING:
            return
        bulk_limit = CHUNK if len(self._buffer) <= CHUNK // 2 else 0  # urgent rows are looked for in any case
        if now - self._scanned_at > RESCAN_SECONDS:
            self._floor, self._scanned_at = 0, now
        self._pager.look(connection)
        if self._is_idle:
            bell.lie_down()
            if not is_anything_waiting(connection, self._floor, machine_now()):
                return
        bell.get_up()
        in_hand = [*self._publisher.in_flight, *(message.key for message in self._buffer), *self._resting]
        values = {"floor": self._floor, "in_hand": _array(in_hand), "limit": CHUNK, "bulk_limit": bulk_limit}
        rows = connection.execute(_WAITING, values).all()
        if rows and bulk_limit:
            self._floor = max(0, min(position for _lane, position, *_rest in rows) - FLOOR_SLACK)
        self._found = len(rows) >= CHUNK
        self._take(rows)
        if not self._buffer and (self._is_resending or now - self._resends_at > RESENDS_EVERY_SECONDS):
            self._resends_at = now
            self._buffer.extend(self._asked_again(connection))
            self._is_resending = bool(self._buffer)
        if now - self._retries_at > RETRIES_EVERY_SECONDS:
            self._retries_at = now
            self._buffer.extendleft(self._due_retries(connection))

    @property
    def _is_idle(self) -> bool:
        """Whether the last look found all there was, and nothing is in hand."""
        return not (self._found or self._buffer or self._resting or self._publisher.in_flight)

    def _take(self, rows: Sequence[Any]) -> None:
        urgent = sum(lane == "urgent" for lane, *_rest in rows)
        messages = [
            Outgoing(position, topology.EVENTS_EXCHANGE, routing_key, event_id, with_position(envelope, position))
            for _lane, position, event_id, routing_key, envelope in rows
        ]
        self._buffer.extendleft(reversed(messages[:urgent]))
        self._buffer.extend(messages[urgent:])

    def _due_retries(self, connection: Connection) -> list[Outgoing]:
        return [
            Outgoing(
                key=f"retry {retry.event_id}",
                exchange="",
                routing_key=topology.queue_name(self._settings.service, retry.lane),
                message_id=retry.event_id,
                body=retry.body,
                headers={RETRY_HEADER: retry.deaths},
            )
            for retry in retries.take_due(connection, machine_now(), CHUNK)
        ]

    def _asked_again(self, connection: Connection) -> list[Outgoing]:
        chunk = resends.next_chunk(connection, self._settings.service, CHUNK)
        if chunk is None:
            return []
        return [
            Outgoing(
                key=message.key,
                exchange="",
                routing_key=topology.queue_name(chunk.consumer, "bulk"),
                message_id=message.event_id,
                body=message.body,
            )
            for message in chunk.messages
        ]

    def _mark(self, connection: Connection, confirmed: Sequence[Any]) -> None:
        positions = [key for key in confirmed if isinstance(key, int)]
        if positions:
            connection.execute(_MARK, {"positions": _array(positions)})
            if self._unheard or self._refusals:
                for position in positions:
                    self._unheard.pop(position, None)
                    self._refusals.pop(position, None)
            metrics.published.labels(self._settings.service).inc(len(positions))

    def _note_refused(self, connection: Connection, refused: Sequence[Outgoing]) -> None:
        metrics.returned.labels(self._settings.service).inc(len(refused))
        log.warning("events_refused", count=len(refused), routing_keys=sorted({m.routing_key for m in refused})[:5])
        until = time.monotonic() + REFUSED_REST_SECONDS
        for message in refused:
            if isinstance(message.key, int):
                self._resting[message.key] = until
                if message.came_back:
                    self._unheard[message.key] = None
                else:
                    self._refusals[message.key] = self._refusals.get(message.key, 0) + 1
        if len(self._unheard) > MOST_RESTING:
            self._leave_to_the_ledger(connection, list(self._unheard)[: len(self._unheard) // 2])
        if max(self._refusals.values(), default=0) >= MOST_REFUSALS:
            raise BrokerAwayError(f"the broker refused an event {MOST_REFUSALS} times")

    def _leave_to_the_ledger(self, connection: Connection, positions: Sequence[int]) -> None:
        log.warning("events_left_to_the_ledger", count=len(positions))
        connection.execute(_MARK, {"positions": _array(positions)})
        for position in positions:
            del self._unheard[position]
            self._resting.pop(position, None)

    def _rest(self, signals: Signals, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not signals.received and time.monotonic() < until:
            time.sleep(0.05)
            self.last_alive = time.monotonic()


def run_relay(service: str) -> None:
    """The relay process of a service; ends on SIGTERM or SIGINT."""
    settings = MessagingSettings.load(service)
    configure_logs(service, "relay", settings.log_level)
    metrics.serve(settings.metrics_port)
    configure_tracing(service, "relay", is_wanted=settings.is_traced)
    relay, watchdog = Relay(settings), Watchdog(settings.silence_seconds)
    watchdog.watch("relay", relay)
    watchdog.start()
    relay.run(Signals(settings.grace_seconds))


def _array(keys: Iterable[Any]) -> str:
    """Those of the keys that are positions, as PostgreSQL reads an array: the driver takes ten times as long over a list."""
    return f"{{{','.join([str(key) for key in keys if isinstance(key, int)])}}}"


def _lock(connection: Connection) -> bool:
    return bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}).scalar())
