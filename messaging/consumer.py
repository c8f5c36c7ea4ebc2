"""Takes what has arrived on one queue, batch by batch, and acknowledges it once it has taken effect.

Runs in a green thread of the worker. A lost broker connection is rebuilt with growing waits; what was not
acknowledged comes again and the inbox absorbs it. While the database is away nothing is acknowledged.

What was delivered before waits at the head of the queue, and a process may have died because of it: it is taken one by
one, so that the broker counts another death for no other message, until the first that is new.
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
from messaging import metrics, topology
from messaging.delivery import RETRY_HEADER, Message
from messaging.errors import DatabaseAwayError
from messaging.incoming import plain_channel
from messaging.logs import logger
from messaging.settings import MessagingSettings

log = logger(__name__)

HEARTBEAT_SECONDS = 20
LOOK_SECONDS = HEARTBEAT_SECONDS / 4
"""How often the connection is checked, and the length of the queue."""
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
                log.warning("broker_away", queue=self.queue, error=repr(error), failures=self._failures)
                self._rest(min(0.2 * 2**self._failures, LONGEST_WAIT_SECONDS))

    def _consume(self) -> None:
        buffer: list[Any] = []
        with Connection(
            self._settings.amqp_url.replace(",", ";"),
            heartbeat=HEARTBEAT_SECONDS,
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
        ) as connection:
            channel = plain_channel(connection)
            topology.declare(channel, self._settings.service, self._subscribed)
            queue = Queue(self.queue, no_declare=True, channel=channel)
            buffer.extend(self._take_what_came_back(connection, queue))
            with Consumer(
                channel,
                [queue],
                on_message=buffer.append,
                auto_declare=False,
                prefetch_count=2 * self._settings.batch_size,
            ):
                self._failures = 0
                log.info("consuming", queue=self.queue)
                self._loop(connection, channel, buffer)

    def _take_what_came_back(self, connection: Any, queue: Queue) -> list[Any]:
        """One by one, until there is no more or a message is new: that one is returned."""
        while not self._stopping and (message := queue.get()):
            self.last_alive = time.monotonic()
            if not message.delivery_info["redelivered"]:
                return [message]
            if self._deliver(connection, [message]):
                message.ack()
        return []

    def _loop(self, connection: Any, channel: Any, buffer: list[Any]) -> None:
        checked = 0.0
        while not self._stopping:
            self._gather(connection, buffer)
            if buffer:
                batch, buffer[:] = buffer[: self._settings.batch_size], buffer[self._settings.batch_size :]
                if self._deliver(connection, batch):
                    channel.basic_ack(batch[-1].delivery_tag, multiple=True)
            self.last_alive = time.monotonic()
            if self.last_alive - checked > LOOK_SECONDS:
                connection.heartbeat_check()
                waiting = channel.queue_declare(self.queue, passive=True).message_count
                metrics.queue_messages.labels(self._settings.service, self.queue).set(waiting)
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
        messages = [self._opened(message) for message in batch]
        wait = 0.2
        while not self._stopping:
            try:
                self._deliver_batch(messages)
            except DatabaseAwayError as error:
                log.warning("database_away", queue=self.queue, error=str(error)[:200])
                self._rest(wait, connection.heartbeat_check)
                wait = min(2 * wait, LONGEST_WAIT_SECONDS)
            else:
                return True
        return False

    def _opened(self, message: Any) -> Message:
        deaths, came = message.headers.get(RETRY_HEADER), message.delivery_info
        return Message(
            _body(message),
            self._lane,
            is_retry=deaths is not None,
            is_redelivered=came["redelivered"],
            deaths=deaths if isinstance(deaths, int) else 0,
        )

    def _rest(self, seconds: float, meanwhile: Callable[[], object] = lambda: None) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            time.sleep(min(0.2, seconds))
            self.last_alive = time.monotonic()
            meanwhile()


def _body(message: Any) -> bytes:
    body = message.body
    return body.encode() if isinstance(body, str) else bytes(body)
