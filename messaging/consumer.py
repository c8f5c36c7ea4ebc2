"""Takes what has arrived on one lane, batch by batch, and acknowledges it once it has taken effect.

Runs in a green thread of the worker. A lost broker connection is rebuilt with growing waits; what was not
acknowledged comes again and the inbox absorbs it. While the database is away nothing is acknowledged.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from kombu.connection import Connection
from kombu.entity import Queue
from kombu.exceptions import KombuError
from kombu.messaging import Consumer
from kombu.transport.pyamqp import Transport

from frist_contracts import Event, Lane
from messaging import topology
from messaging.delivery import RETRY_HEADER, Delivery, Message
from messaging.errors import DatabaseAwayError
from messaging.logs import logger
from messaging.settings import MessagingSettings

log = logger(__name__)

HEARTBEAT_SECONDS = 20
CONNECT_TIMEOUT_SECONDS = 5
GATHER_SECONDS = 0.004
"""How long a batch waits for more messages once its first has come."""
IDLE_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 5.0
BROKER_ERRORS: tuple[type[Exception], ...] = (
    OSError,
    KombuError,
    *Transport.connection_errors,
    *Transport.channel_errors,
)


class LaneConsumer:
    """One lane of one service: a connection, a queue and the batches that come from it."""

    def __init__(
        self, settings: MessagingSettings, lane: Lane, delivery: Delivery, subscribed: Iterable[type[Event]]
    ) -> None:
        self.lane = lane
        self.last_alive = time.monotonic()
        self._settings = settings
        self._delivery = delivery
        self._subscribed = tuple(subscribed)
        self._stopping = False
        self._failures = 0

    def stop(self) -> None:
        """Ask `run` to end after the batch it has in hand."""
        self._stopping = True

    def run(self) -> None:
        """Consume until stopped, through every loss of the broker."""
        while not self._stopping:
            try:
                self._consume()
            except BROKER_ERRORS as error:
                self._failures += 1
                log.warning("broker_away", lane=self.lane.value, error=repr(error), failures=self._failures)
                self._rest(min(0.2 * 2**self._failures, LONGEST_WAIT_SECONDS))

    def _consume(self) -> None:
        buffer: list[Any] = []
        with Connection(
            self._settings.amqp_url.replace(",", ";"),
            heartbeat=HEARTBEAT_SECONDS,
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
        ) as connection:
            channel = connection.channel()
            topology.declare(channel, self._settings.service, self._subscribed)
            queue = Queue(topology.queue_name(self._settings.service, self.lane), no_declare=True, channel=channel)
            with Consumer(
                channel,
                [queue],
                on_message=buffer.append,
                auto_declare=False,
                prefetch_count=2 * self._settings.batch_size,
            ):
                self._failures = 0
                log.info("consuming", lane=self.lane.value)
                self._loop(connection, channel, buffer)

    def _loop(self, connection: Any, channel: Any, buffer: list[Any]) -> None:
        checked = time.monotonic()
        while not self._stopping:
            self._gather(connection, buffer)
            if buffer:
                batch, buffer[:] = buffer[: self._settings.batch_size], buffer[self._settings.batch_size :]
                if self._deliver(connection, batch):
                    channel.basic_ack(batch[-1].delivery_tag, multiple=True)
            self.last_alive = time.monotonic()
            if self.last_alive - checked > HEARTBEAT_SECONDS / 4:
                connection.heartbeat_check()
                checked = self.last_alive

    def _gather(self, connection: Any, buffer: list[Any]) -> None:
        wait = 0.0 if buffer else IDLE_SECONDS
        while len(buffer) < self._settings.batch_size:
            try:
                connection.drain_events(timeout=wait or 0.0005)
            except TimeoutError:
                return
            wait = GATHER_SECONDS

    def _deliver(self, connection: Any, batch: list[Any]) -> bool:
        """Whether the batch has taken effect; False only when asked to stop while the database was away."""
        messages = [Message(_body(m), self.lane, RETRY_HEADER in (m.headers or {})) for m in batch]
        wait = 0.2
        while not self._stopping:
            try:
                self._delivery.deliver(messages)
            except DatabaseAwayError as error:
                log.warning("database_away", lane=self.lane.value, error=str(error)[:200])
                self._rest(wait, connection.heartbeat_check)
                wait = min(2 * wait, LONGEST_WAIT_SECONDS)
            else:
                return True
        return False

    def _rest(self, seconds: float, meanwhile: Callable[[], object] = lambda: None) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            time.sleep(min(0.2, seconds))
            self.last_alive = time.monotonic()
            meanwhile()


def _body(message: Any) -> bytes:
    body = message.body
    return body.encode() if isinstance(body, str) else bytes(body)
