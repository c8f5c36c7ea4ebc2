"""Takes what has arrived on one queue, batch by batch, and acknowledges it once it has taken effect.

Runs in a green thread of the worker. A lost broker connection is rebuilt with growing waits; what was not
acknowledged comes again and the inbox absorbs it. While the database is away nothing is acknowledged.

What was delivered before waits at the head of the queue, and a process may have died because of it: it is taken one by
one, so that the broker counts another death for no other message, until the first that is new. Not when it was this
living process that lost its broker: then the loss is why they came back.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

import eventlet
from kombu.connection import Connection

from frist_contracts import Envelope, Event, Lane
from messaging import metrics, retries, topology
from messaging.clock import machine_now
from messaging.delivery import ATTEMPTS_HEADER, RETRY_HEADER, Message
from messaging.errors import DatabaseAwayError
from messaging.identifiers import made_at
from messaging.incoming import plain_channel
from messaging.intake import Arrival, Intake
from messaging.logs import logger
from messaging.nodes import Nodes, heartbeat_seconds, wait_after
from messaging.portions import Portion
from messaging.pulse import BROKER_ERRORS, Pulse
from messaging.settings import MessagingSettings

log = logger(__name__)

CONNECT_TIMEOUT_SECONDS = 5
SHORTEST_GREETING_SECONDS = 10.0
"""Connecting and declaring may take so long, or a third of the silence: a node that freezes meanwhile is left."""
GATHER_SECONDS = 0.004
"""How long a batch waits for more messages once its first has come."""
IDLE_SECONDS = 0.5
LOOK_SECONDS = 5.0
"""How often the length of the queue is noted."""


class QueueConsumer:
    """One queue of one service: a connection, and the batches that come from it.

    `deliver` gives a batch its effect, or raises DatabaseAwayError; `lane` is what its messages came by.
    """

    def __init__(
        self,
        settings: MessagingSettings,
        queue: str,
        lane: Lane,
        deliver: Callable[[list[Message]], None],
        subscribed: Iterable[type[Event]],
    ) -> None:
        self.queue = queue
        self.last_alive = time.monotonic()
        self._settings = settings
        self._lane = lane
        self._deliver_batch = deliver
        self._subscribed = tuple(subscribed)
        self._nodes = Nodes(settings.amqp_url)
        self._greeting_seconds = max(SHORTEST_GREETING_SECONDS, settings.silence_seconds / 3)
        self._heartbeat_seconds = heartbeat_seconds(settings.silence_seconds)
        self._portion = Portion(settings.batch_size)
        self._stopping = False
        self._failures = 0
        self._has_consumed = self._lost_its_broker = False
        self.joins = 0
        """How often the queue was made sure of and joined."""
        self._looked_at = 0.0
        self._in_hand: list[Message] = []

    def stop(self) -> None:
        """Ask `run` to end after the batch it has in hand."""
        self._stopping = True

    def run(self) -> None:
        """Consume until stopped, through every loss of the broker."""
        metrics.queue_oldest.labels(self._settings.service, self.queue).set_function(self._oldest_seconds)
        while not self._stopping:
            try:
                self._consume()
            except BROKER_ERRORS as error:
                self._failures += 1
                self._lost_its_broker = self._has_consumed
                self._nodes.put_last()
                log.warning("broker_away", queue=self.queue, error=repr(error), failures=self._failures)
                self._rest(wait_after(self._failures // len(self._nodes)))

    def _consume(self) -> None:
        connection = Connection(
            self._nodes.first, heartbeat=self._heartbeat_seconds, connect_timeout=CONNECT_TIMEOUT_SECONDS
        )
        try:
            with eventlet.Timeout(self._greeting_seconds, TimeoutError("connected, and then no answer in time")):
                connection.ensure_connection(max_retries=0)
                channel = plain_channel(connection)
                topology.declare(channel, self._settings.service, self._subscribed)
            self._consume_from(connection, channel)
        except BROKER_ERRORS:
            connection.collect()  # a frozen broker never answers a farewell
            raise
        connection.release()

    def _consume_from(self, connection: Any, channel: Any) -> None:
        intake = Intake(connection, self._opened, self._heartbeat_seconds, lambda: self._look(channel))
        with Pulse(connection, self._heartbeat_seconds) as pulse:
            if not self._lost_its_broker:
                self._take_what_came_back(channel, intake, pulse)
            with pulse.wire, self._answered_in_time():
                channel.basic_qos(0, 2 * self._settings.batch_size, a_global=False)
                channel.basic_consume(self.queue, callback=intake.put)
        self._failures, self._has_consumed, self.joins = 0, True, self.joins + 1
        log.info("consuming", queue=self.queue)
        with intake:
            self._loop(channel, intake)

    def _take_what_came_back(self, channel: Any, intake: Intake, pulse: Pulse) -> None:
        """One by one, until there is no more or a message is new: that one is put with what arrives."""
        while not self._stopping:
            pulse.check()
            self.last_alive = time.monotonic()
            with pulse.wire, self._answered_in_time():
                raw = channel.basic_get(self.queue)
            if raw is None:
                return
            if not raw.delivery_info["redelivered"]:
                intake.put(raw)
                return
            if self._deliver([Arrival(raw, self._opened(raw))]):
                with pulse.wire:
                    channel.basic_ack(raw.delivery_tag)

    def _loop(self, channel: Any, intake: Intake) -> None:
        while not self._stopping:
            self._gather(intake)
            if (batch := intake.take(self._portion.size)) and self._deliver(batch):
                channel.basic_ack(batch[-1].raw.delivery_tag, multiple=True)
            self.last_alive = time.monotonic()

    def _answered_in_time(self) -> eventlet.Timeout:
        """A broker that is asked something and does not answer is left like one that does not greet."""
        return eventlet.Timeout(self._greeting_seconds, TimeoutError("no answer in time"))

    def _look(self, channel: Any) -> None:
        """Note how many messages wait."""
        if time.monotonic() - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = time.monotonic()
        with self._answered_in_time():
            waiting = channel.queue_declare(self.queue, passive=True).message_count
        metrics.queue_messages.labels(self._settings.service, self.queue).set(waiting)

    def _oldest_seconds(self) -> float:
        """Asked when the metrics are: how old the oldest event in hand is. What waits in the queue came after it."""
        ids = [message.content.event_id for message in self._in_hand if isinstance(message.content, Envelope)]
        made = made_at(min(ids)) if ids else None
        return max(0.0, machine_now().timestamp() - made) if made else 0.0

    def _gather(self, intake: Intake) -> None:
        """Wait for a first message when there is none, and then a moment for company."""
        intake.check()
        if not intake and intake.wait(IDLE_SECONDS):
            while len(intake) < self._portion.size and intake.wait(GATHER_SECONDS):
                pass

    def _deliver(self, batch: list[Arrival]) -> bool:
        """Whether the batch has taken effect; False only when asked to stop while the database was away."""
        self._in_hand = messages = [arrival.message for arrival in batch]
        failures = 0
        while not self._stopping:
            began = time.monotonic()
            try:
                self._deliver_batch(messages)
            except DatabaseAwayError as error:
                failures += 1
                log.warning("database_away", queue=self.queue, error=str(error)[:200], failures=failures)
                self._rest(wait_after(failures))
            else:
                self._portion.took(len(batch), time.monotonic() - began)
                self._in_hand = []
                return True
        return False

    def _opened(self, raw: Any) -> Message:
        deaths, attempts = (_count((raw.headers or {}).get(name)) for name in (RETRY_HEADER, ATTEMPTS_HEADER))
        came_back = raw.delivery_info["redelivered"]
        self._lost_its_broker = self._lost_its_broker and came_back
        return Message(
            _body(raw),
            self._lane,
            is_retry=deaths is not None,
            is_redelivered=came_back and not self._lost_its_broker,
            deaths=deaths or 0,
            attempts=attempts or 0,
        )

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            time.sleep(min(0.2, seconds))
            self.last_alive = time.monotonic()


def _body(raw: Any) -> bytes:
    body = raw.body
    return body.encode() if isinstance(body, str) else bytes(body)


def _count(header: Any) -> int | None:
    """What a relay of ours may have counted; anything else is a stranger's, and says nothing."""
    return header if type(header) is int and 0 <= header <= len(retries.WAITS) else None
