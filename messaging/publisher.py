"""Publishes to RabbitMQ with a window of confirms; a confirm is waited for, never for ever.

A message is delivered only if the broker confirms it and does not return it: `mandatory` is always set,
because the broker also confirms what reached no queue.
"""

import time
from dataclasses import dataclass
from typing import Any

import pika

from frist_contracts import CONTENT_TYPE
from messaging import topology
from messaging.bursts import BurstConnection
from messaging.errors import BrokerAwayError
from messaging.nodes import heartbeat_seconds

SILENCE_SECONDS = 90.0
"""As `MessagingSettings.silence_seconds`: a third of it without a confirm, or half of it without a sign of life, is enough."""
WINDOW = 1000
"""How many messages may be on their way to the broker without its confirm."""


@dataclass(slots=True)
class Outgoing:
    """One message on its way out; `key` is what the caller knows it by.

    `came_back` is set on one that was returned: there is no queue for it.
    """

    key: Any
    exchange: str
    routing_key: str
    message_id: str
    body: bytes
    headers: dict[str, Any] | None = None
    came_back: bool = False


class Publisher:
    """One connection to the broker, driven by a loop that it may share with others of the same thread (`Publishers`).

    `offer` messages while there is `room`, let the loop run, and collect what was `settled`. A broker that asks us to wait
    (memory or disk alarm) still sends heartbeats: it is waited for. One that is silent is left.
    """

    def __init__(self, name: str, silence_seconds: float = SILENCE_SECONDS) -> None:
        self._name = name
        self._connect_seconds = connect_seconds(silence_seconds)
        self._confirm_seconds = silence_seconds / 3
        self._heartbeat_seconds = heartbeat_seconds(silence_seconds)
        self._connection: Any = None
        self._channel: Any = None
        self._loop: Any = None
        self._failure: str | None = None
        self._blocked = False
        self._offered = 0
        self._heard_at = 0.0
        self._pending: dict[int, Outgoing] = {}
        self._oldest_pending = 1
        self._returned: set[str] = set()
        self._confirmed: list[Any] = []
        self._refused: list[Outgoing] = []

    def connect(self, url: str, loop: Any, until: float) -> None:
        """Connect to a node; raises BrokerAwayError when it does not answer until then (by `time.monotonic`).

        The loop must not be used again after a loss.
        """
        parameters = pika.URLParameters(url)
        parameters.heartbeat = self._heartbeat_seconds
        parameters.socket_timeout = parameters.stack_timeout = self._connect_seconds
        parameters.client_properties = {"connection_name": self._name}
        self._loop, self._failure, self._blocked, self._channel = loop, None, False, None
        self._offered, self._oldest_pending, self._pending, self._returned = 0, 1, {}, set()
        self._confirmed, self._refused = [], []
        self._connection = BurstConnection(
            parameters,
            custom_ioloop=loop,
            on_open_callback=lambda connection: connection.channel(on_open_callback=self._on_channel),
            on_open_error_callback=lambda _connection, error: self._fail(f"cannot connect: {error!r}"),
            on_close_callback=lambda _connection, error: self._fail(f"connection closed: {error!r}"),
        )
        self._connection.add_on_connection_blocked_callback(lambda *_: self._set_blocked(blocked=True))
        self._connection.add_on_connection_unblocked_callback(lambda *_: self._set_blocked(blocked=False))
        while self._channel is None:
            run_for(loop, 0.2)
            self.check()
            if time.monotonic() > until:
                raise BrokerAwayError("no answer in time")

    @property
    def room(self) -> int:
        """How many messages may be offered now; none while the broker asks us to wait (memory or disk alarm)."""
        return 0 if self._blocked else WINDOW - len(self._pending)

    @property
    def in_flight(self) -> list[Any]:
        """The keys of what was offered and is not settled yet."""
        return [message.key for message in self._pending.values()]

    def offer(self, message: Outgoing) -> None:
        """Put a message on the wire; what became of it is told by `settled`."""
        if not self._pending:
            self._heard_at = time.monotonic()
        self._connection.gather()
        self._offered += 1
        self._pending[self._offered] = message
        self._channel.basic_publish(
            message.exchange, message.routing_key, message.body, _properties(message), mandatory=True
        )

    def send(self) -> None:
        """Pass what was offered to the socket."""
        self._connection.send()

    def check(self) -> None:
        """Raises BrokerAwayError when the connection is lost or no confirm has come in time.

        Then what is in flight may or may not have arrived.
        """
        if self._blocked:
            self._heard_at = time.monotonic()
        if self._pending and time.monotonic() - self._heard_at > self._confirm_seconds:
            self._failure = f"no confirm for {self._confirm_seconds:.0f} s"
        if self._failure:
            raise BrokerAwayError(self._failure)

    def settled(self) -> tuple[list[Any], list[Outgoing]]:
        """Since the last call: the keys that surely reached a queue, and the messages that surely did not."""
        confirmed, refused = self._confirmed, self._refused
        self._confirmed, self._refused = [], []
        return confirmed, refused

    def close(self) -> None:
        """Begin to close the connection; the loop has to run until it `is_closed`."""
        if self._connection is not None and not (self._connection.is_closed or self._connection.is_closing):
            self._connection.send()
            self._connection.close()

    @property
    def is_closed(self) -> bool:
        """Whether there is no connection, not even one that is about to be closed."""
        return self._connection is None or self._connection.is_closed

    def forget(self) -> None:
        """Have no connection any more, whether it is closed or not: its loop is gone."""
        self._connection = self._channel = None

    def _on_channel(self, channel: Any) -> None:
        channel.add_on_return_callback(lambda _c, _method, properties, _body: self._returned.add(properties.message_id))
        channel.add_on_close_callback(lambda _channel, error: self._fail(f"channel closed: {error!r}"))

        def declared(_frame: Any) -> None:
            channel.confirm_delivery(self._on_confirm, callback=lambda _frame: self._ready(channel))

        channel.exchange_declare(topology.EVENTS_EXCHANGE, "topic", durable=True, callback=declared)

    def _ready(self, channel: Any) -> None:
        self._channel = channel
        self._loop.stop()

    def _on_confirm(self, frame: Any) -> None:
        method, self._heard_at, before = frame.method, time.monotonic(), len(self._pending)
        first = self._oldest_pending if method.multiple else method.delivery_tag
        is_ack = isinstance(method, pika.spec.Basic.Ack)
        for tag in range(first, method.delivery_tag + 1):
            if message := self._pending.pop(tag, None):
                self._settle(message, reached=is_ack)
        if method.multiple:
            self._oldest_pending = max(self._oldest_pending, method.delivery_tag + 1)
        if not self._pending or before > WINDOW // 2 >= len(self._pending):
            self._loop.stop()

    def _settle(self, message: Outgoing, *, reached: bool) -> None:
        if message.message_id in self._returned:
            self._returned.discard(message.message_id)
            message.came_back = True
            self._refused.append(message)
        elif reached:
            self._confirmed.append(message.key)
        else:
            self._refused.append(message)

    def _set_blocked(self, *, blocked: bool) -> None:
        self._blocked = blocked

    def _fail(self, why: str) -> None:
        self._failure = self._failure or why
        self._loop.stop()


def connect_seconds(silence_seconds: float) -> float:
    """How long a node may take to answer."""
    return max(2.0, silence_seconds / 18)


def run_for(loop: Any, seconds: float) -> None:
    """Let a loop run until somebody stops it, and no longer than this."""
    alarm = loop.call_later(seconds, loop.stop)
    loop.start()
    loop.remove_timeout(alarm)


def _properties(message: Outgoing) -> pika.BasicProperties:
    return pika.BasicProperties(
        content_type=CONTENT_TYPE,
        delivery_mode=2,
        message_id=message.message_id,
        headers=message.headers,
    )
