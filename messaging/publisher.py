"""Publishes to RabbitMQ with a window of confirms; a confirm is waited for, never for ever.

A message is delivered only if the broker confirms it and does not return it: `mandatory` is always set,
because the broker also confirms what reached no queue.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pika
from pika.adapters.select_connection import SelectConnection
from pika.exceptions import AMQPError

from frist_contracts import CONTENT_TYPE
from messaging import topology
from messaging.errors import BrokerAwayError

CONFIRM_TIMEOUT_SECONDS = 30.0
CONNECT_TIMEOUT_SECONDS = 10.0
HEARTBEAT_SECONDS = 20


@dataclass(frozen=True)
class Outgoing:
    """One message on its way out; `key` is what the caller knows it by."""

    key: Any
    exchange: str
    routing_key: str
    message_id: str
    body: bytes
    headers: dict[str, Any] | None = None


class Publisher:
    """A connection to one of the brokers of a comma-separated list, driven from one thread."""

    def __init__(self, amqp_url: str, name: str) -> None:
        self._urls = amqp_url.split(",")
        self._name = name
        self._connection: Any = None
        self._channel: Any = None
        self._failure: str | None = None
        self._blocked = False
        self._published = 0
        self._pending: dict[int, Outgoing] = {}
        self._returned: set[str] = set()
        self._confirmed: list[Any] = []

    def connect(self) -> None:
        """Connect to the first broker that answers; raises BrokerAwayError when none does."""
        failures = []
        for url in self._urls:
            try:
                self._connect(url)
            except (BrokerAwayError, AMQPError, OSError) as error:
                failures.append(str(error) or repr(error))
                self.close()
            else:
                return
        raise BrokerAwayError("; ".join(failures))

    def publish(self, messages: Sequence[Outgoing]) -> list[Any]:
        """Publish and wait for the confirms; returns the keys that surely reached a queue.

        Raises BrokerAwayError when the connection is lost or no confirm comes in time: then any of them may or
        may not have arrived.
        """
        self._confirmed, self._returned, self._pending = [], set(), {}
        for message in messages:
            self._published += 1
            self._pending[self._published] = message
            self._channel.basic_publish(
                message.exchange, message.routing_key, message.body, _properties(message), mandatory=True
            )
        self._run_until(lambda: not self._pending, CONFIRM_TIMEOUT_SECONDS)
        return self._confirmed

    def idle(self, seconds: float) -> None:
        """Rest, and answer heartbeats meanwhile."""
        self._turn(seconds)
        self._check()

    @property
    def is_blocked(self) -> bool:
        """Whether the broker asked us to wait (memory or disk alarm)."""
        return self._blocked

    def close(self) -> None:
        """Close the connection; never waits long."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is None:
            return
        if not (connection.is_closed or connection.is_closing):
            connection.close()
            until = time.monotonic() + 1
            while not connection.is_closed and time.monotonic() < until:
                connection.ioloop.call_later(0.05, connection.ioloop.stop)
                connection.ioloop.start()
        connection.ioloop.close()

    def _connect(self, url: str) -> None:
        parameters = pika.URLParameters(url)
        parameters.heartbeat = HEARTBEAT_SECONDS
        parameters.socket_timeout = parameters.stack_timeout = CONNECT_TIMEOUT_SECONDS
        parameters.client_properties = {"connection_name": self._name}
        self._failure, self._blocked, self._channel, self._published = None, False, None, 0
        self._connection = SelectConnection(
            parameters,
            on_open_callback=lambda connection: connection.channel(on_open_callback=self._on_channel),
            on_open_error_callback=lambda _connection, error: self._fail(f"cannot connect: {error!r}"),
            on_close_callback=lambda _connection, error: self._fail(f"connection closed: {error!r}"),
        )
        self._connection.add_on_connection_blocked_callback(lambda *_: self._set_blocked(blocked=True))
        self._connection.add_on_connection_unblocked_callback(lambda *_: self._set_blocked(blocked=False))
        self._run_until(lambda: self._channel is not None, CONNECT_TIMEOUT_SECONDS)

    def _on_channel(self, channel: Any) -> None:
        channel.add_on_return_callback(lambda _c, _method, properties, _body: self._returned.add(properties.message_id))
        channel.add_on_close_callback(lambda _channel, error: self._fail(f"channel closed: {error!r}"))

        def declared(_frame: Any) -> None:
            channel.confirm_delivery(self._on_confirm, callback=lambda _frame: self._ready(channel))

        channel.exchange_declare(topology.EVENTS_EXCHANGE, "topic", durable=True, callback=declared)

    def _ready(self, channel: Any) -> None:
        self._channel = channel
        self._stop()

    def _on_confirm(self, frame: Any) -> None:
        method = frame.method
        tags = (
            [tag for tag in self._pending if tag <= method.delivery_tag] if method.multiple else [method.delivery_tag]
        )
        for tag in tags:
            message = self._pending.pop(tag, None)
            if message and isinstance(method, pika.spec.Basic.Ack) and message.message_id not in self._returned:
                self._confirmed.append(message.key)
        if not self._pending:
            self._stop()

    def _set_blocked(self, *, blocked: bool) -> None:
        self._blocked = blocked

    def _fail(self, why: str) -> None:
        self._failure = self._failure or why
        self._stop()

    def _stop(self) -> None:
        if self._connection is not None:
            self._connection.ioloop.stop()

    def _run_until(self, done: Any, timeout: float) -> None:
        until = time.monotonic() + timeout
        while not done():
            self._check()
            if self._blocked:
                until = time.monotonic() + timeout
            if time.monotonic() > until:
                raise BrokerAwayError(f"no answer within {timeout:.0f} s")
            self._turn(0.5)
        self._check()

    def _turn(self, seconds: float) -> None:
        loop = self._connection.ioloop
        wake = loop.call_later(seconds, loop.stop)
        loop.start()
        loop.remove_timeout(wake)

    def _check(self) -> None:
        if self._failure:
            raise BrokerAwayError(self._failure)


def _properties(message: Outgoing) -> pika.BasicProperties:
    return pika.BasicProperties(
        content_type=CONTENT_TYPE,
        delivery_mode=2,
        message_id=message.message_id,
        headers=message.headers,
    )
