"""Moves outbox rows to RabbitMQ, and due retries back to their queue. One is active for each service.

The lock is held on the very connection that reads and marks, so that a relay that lost it can no longer mark.
A row is marked published after its confirm; a crash in between publishes it again, and the inboxes absorb it.
Rows are found by `published_at IS NULL`, never by a cursor: positions become visible out of order.
"""

import time
from collections.abc import Sequence
from typing import Any

import psycopg
from pika.exceptions import AMQPError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from frist_contracts import Lane
from messaging import metrics, resends, retries, topology
from messaging.backlog import Backlog
from messaging.bell import Bell
from messaging.clock import machine_now
from messaging.connection import plain_engine
from messaging.database import CONNECTION
from messaging.delivery import ATTEMPTS_HEADER, RETRY_HEADER
from messaging.errors import BrokerAwayError
from messaging.glance import look
from messaging.journeys import Journeys
from messaging.launcher import Signals
from messaging.logs import configure_logs, logger
from messaging.nodes import wait_after
from messaging.pager import Pager
from messaging.publisher import Outgoing
from messaging.publishers import Publishers
from messaging.settings import MessagingSettings
from messaging.tracing import configure_tracing
from messaging.track import CHUNK, Track, as_array
from messaging.watchdog import Watchdog

log = logger(__name__)

LOCK_KEY = 7_001_001
STANDBY_SECONDS = 0.5
RETRIES_EVERY_SECONDS = 0.2
RESENDS_EVERY_SECONDS = 1.0

_MARK = text("""
    WITH unhurried AS (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE outbox SET published_at = clock_timestamp() FROM unhurried WHERE position = ANY(CAST(:positions AS bigint[]))
""")
"""Does not wait for the disk: of a mark that the database loses in a crash, the event is published again and absorbed."""


class Relay:
    """The relay of one service."""

    def __init__(self, settings: MessagingSettings) -> None:
        self._settings = settings
        names = [f"{settings.service}-relay-{lane.value}" for lane in Lane]
        self._publishers = Publishers(settings.amqp_url, names, settings.silence_seconds)
        self.last_alive = time.monotonic()
        self._failures = 0
        self._journeys = Journeys(settings.service)
        self._backlog = Backlog(settings.service)
        self._active = metrics.relay_active.labels(settings.service)
        self._active.set(0)
        self._start_afresh()

    def run(self, signals: Signals) -> None:
        """Relay until a signal comes, through every loss of the broker and the database."""
        engine = plain_engine(self._settings.database_url, pool_size=1, connect_args=CONNECTION)
        while not signals.received:
            try:
                self._session(engine, signals)
            except (BrokerAwayError, AMQPError, SQLAlchemyError, psycopg.Error, OSError) as error:
                self._active.set(0)
                self._failures += 1
                log.warning("relay_interrupted", error=repr(error)[:300], failures=self._failures)
                self._publishers.close()
                engine.dispose()
                if not isinstance(error, BrokerAwayError | AMQPError):
                    self._backlog.hide()  # what was read of the database may be long out of date
                self._rest(signals, wait_after(self._failures))
        self._publishers.close()
        engine.dispose()

    def _session(self, engine: Engine, signals: Signals) -> None:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while not _lock(connection):
                self._backlog.hide()
                if signals.received:
                    return
                self._rest(signals, STANDBY_SECONDS)
            self._backlog.look(connection)
            self._publishers.connect()
            self._start_afresh()
            bell = Bell(connection)
            self._active.set(1)
            log.info("relay_active")
            while not signals.received:
                self._step(connection, bell)
                self.last_alive = time.monotonic()
                self._failures = 0

    def _step(self, connection: Connection, bell: Bell) -> None:
        """Put on the wire what waits, let the wire work, and mark what was confirmed."""
        self._backlog.look(connection)
        self._pager.look(connection)
        self._fill(connection, bell)
        self._turn(bell)
        for track in self._tracks.values():
            confirmed, refused = track.publisher.settled()
            self._journeys.end(confirmed, refused)
            self._mark(connection, track, confirmed)
            if refused:
                self._note_refused(connection, track, refused)

    def _turn(self, bell: Bell) -> None:
        """Let the wire work: for a moment when more can be put on it; with nothing to do, until a ring."""
        if bell.may_rest:
            self._publishers.turn(0 if bell.has_rung else self._settings.rest_seconds, wake=bell.wire)
        else:
            has_more = any(track.has_more for track in self._tracks.values())
            self._publishers.turn(0 if has_more else self._settings.poll_seconds)

    def _start_afresh(self) -> None:
        self._journeys.forget()
        self._tracks = {lane: Track(lane, each) for lane, each in zip(Lane, self._publishers.each, strict=True)}
        self._pager = Pager(self._settings.service, self._settings.page_seconds)
        self._retries_at = 0.0

    def _fill(self, connection: Connection, bell: Bell) -> None:
        """Take in hand what waits, and put it on the wire: what is urgent before anything else is read."""
        urgent, bulk = self._tracks[Lane.URGENT], self._tracks[Lane.BULK]
        if not (urgent.has_room or bulk.has_room):
            bell.get_up()
            return
        wanted = [urgent, bulk]
        if urgent.is_idle and bulk.is_idle:
            bell.lie_down()
            waiting = look(connection, urgent.look_from(), bulk.look_from(), machine_now())
            if not any(waiting):
                urgent.found_nothing()
                bulk.found_nothing()
                return
            wanted = [track for track in wanted if getattr(waiting, track.lane.value)]
        bell.get_up()
        for track in wanted:
            track.read(connection)
            self._offer(track)
        self._send_again(connection)

    def _offer(self, track: Track) -> None:
        for message in track.offered():
            self._journeys.begin(message, self._publishers.node)
        track.publisher.send()

    def _send_again(self, connection: Connection) -> None:
        """Take in hand what was asked for again, and the retries that are due."""
        now = time.monotonic()
        for track in self._tracks.values():
            is_time = track.is_resending or now - track.resent_at > RESENDS_EVERY_SECONDS
            if is_time and track.has_room and not track.buffer:
                track.resent_at = now
                again = self._asked_again(connection, track.lane)
                track.buffer.extend(again or ())
                track.is_resending = again is not None
        if now - self._retries_at > RETRIES_EVERY_SECONDS:
            self._retries_at = now
            lanes = [lane for lane, track in self._tracks.items() if track.may_take]
            for retry in self._due_retries(connection, lanes):
                self._tracks[Lane(retry.lane)].buffer.appendleft(self._tried_again(retry))

    def _due_retries(self, connection: Connection, lanes: Sequence[Lane]) -> Sequence[retries.Due]:
        return retries.take_due(connection, lanes, machine_now(), CHUNK)

    def _tried_again(self, retry: retries.Due) -> Outgoing:
        return Outgoing(
            key=f"retry {retry.identity}",
            exchange="",
            routing_key=topology.queue_name(self._settings.service, retry.lane),
            message_id=retry.identity.event_id,
            body=retry.body,
            headers={RETRY_HEADER: retry.deaths, ATTEMPTS_HEADER: retry.attempts},
        )

    def _asked_again(self, connection: Connection, lane: Lane) -> list[Outgoing] | None:
        """What was asked for again next, perhaps nothing of it in this lane; None when nobody asks."""
        chunk = resends.next_chunk(connection, self._settings.service, lane, CHUNK)
        if chunk is None:
            return None
        return [
            Outgoing(
                key=message.key,
                exchange="",
                routing_key=topology.queue_name(chunk.consumer, lane),
                message_id=message.event_id,
                body=message.body,
            )
            for message in chunk.messages
        ]

    def _mark(self, connection: Connection, track: Track, confirmed: Sequence[Any]) -> None:
        positions = [key for key in confirmed if isinstance(key, int)]
        if positions:
            connection.execute(_MARK, {"positions": as_array(positions)})
            track.note_published(positions)
            metrics.published.labels(self._settings.service, track.lane.value).inc(len(positions))

    def _note_refused(self, connection: Connection, track: Track, refused: Sequence[Outgoing]) -> None:
        metrics.returned.labels(self._settings.service, track.lane.value).inc(len(refused))
        log.warning("events_refused", count=len(refused), routing_keys=sorted({m.routing_key for m in refused})[:5])
        if left := track.note_refused(refused):
            log.warning("events_left_to_the_ledger", count=len(left))
            connection.execute(_MARK, {"positions": as_array(left)})

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


def _lock(connection: Connection) -> bool:
    return bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}).scalar())
