"""What the product believes to be pika: the same names, with the model of the broker behind them."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pika
from greenlet import getcurrent
from pika.exceptions import ChannelWrongStateError

from tests.simulation.actors import Stage
from tests.simulation.broker import Broker, Copy, PublisherLine


class Loop:
    """The loop of one or more SelectConnections, in simulated time."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._connections: list[BurstConnection] = []
        self._timers: dict[object, tuple[float, Callable[[], None]]] = {}
        self._is_stopped = False

    def call_later(self, seconds: float, call: Callable[[], None]) -> object:
        timer = object()
        self._timers[timer] = (self._stage.now + seconds, call)
        return timer

    def remove_timeout(self, timer: object) -> None:
        self._timers.pop(timer, None)

    def stop(self) -> None:
        self._is_stopped = True

    def drive(self, connection: "BurstConnection") -> None:
        """Let one more connection work when this runs."""
        self._connections.append(connection)

    READ = 1

    def add_handler(self, *_: Any) -> None:
        """Nothing is ever read: a relay that is rung for would be woken when the machine likes, not when the play does."""

    remove_handler = add_handler

    def close(self) -> None:
        self._timers.clear()

    def start(self) -> None:
        """Run until stopped: what came from the broker first, then the timers that are due."""
        self._is_stopped = False
        while True:
            for connection in self._connections:
                connection.work()
            for timer, (at, call) in list(self._timers.items()):
                if at <= self._stage.now:
                    self.remove_timeout(timer)
                    call()
            if self._is_stopped:
                return
            wake = min((at for at, _ in self._timers.values()), default=None)
            self._stage.pause("turns the wire", wake=wake, ready=self._has_news)

    def _has_news(self) -> bool:
        return any(connection.has_news() for connection in self._connections)


class BurstConnection:
    """Stands for `BurstConnection`, and for its one channel."""

    def __init__(
        self,
        stage: Stage,
        broker: Broker,
        on_publish: Callable[[str, pika.BasicProperties], None],
        loop: Loop,
        calls: tuple[Callable[..., None], Callable[..., None], Callable[..., None]],
    ) -> None:
        loop.drive(self)
        self._stage = stage
        self._on_publish = on_publish
        self._on_open, self._on_error, self._on_close = calls
        self._on_blocked: list[Callable[..., None]] = []
        self._on_unblocked: list[Callable[..., None]] = []
        self._on_return: Callable[..., None] = lambda *_: None
        self._on_confirm: Callable[..., None] = lambda *_: None
        self._broker = broker
        self._line = None if broker.is_away else PublisherLine(broker, getcurrent().process)
        self._is_open = self._is_told_blocked = False
        self.is_closed = self.is_closing = False

    # What the publisher calls

    def gather(self) -> None:
        """What is published is at the broker at once: later is what a slow wire does too."""

    send = gather

    def channel(self, on_open_callback: Callable[..., None]) -> None:
        on_open_callback(self)

    def add_on_connection_blocked_callback(self, call: Callable[..., None]) -> None:
        self._on_blocked.append(call)

    def add_on_connection_unblocked_callback(self, call: Callable[..., None]) -> None:
        self._on_unblocked.append(call)

    def add_on_return_callback(self, call: Callable[..., None]) -> None:
        self._on_return = call

    def add_on_close_callback(self, call: Callable[..., None]) -> None:
        """The channel never closes alone here."""

    def exchange_declare(self, _name: str, _kind: str, *, durable: bool, callback: Callable[..., None]) -> None:
        assert durable
        callback(None)

    def confirm_delivery(self, on_confirm: Callable[..., None], callback: Callable[..., None]) -> None:
        self._on_confirm = on_confirm
        callback(None)

    def basic_publish(
        self, exchange: str, key: str, body: bytes, properties: pika.BasicProperties, *, mandatory: bool
    ) -> None:
        assert mandatory
        assert properties.delivery_mode == 2
        if self.is_closed:
            raise ChannelWrongStateError
        self._stage.pause(f"publishes {key} {properties.message_id}")
        if self._line is not None and not self._line.is_lost:
            self._on_publish(self._line.owner.service, properties)
            self._line.publish(exchange, key, Copy(properties.message_id, body, properties.headers or {}))

    def close(self) -> None:
        self.is_closed = True
        if self._line is not None:
            self._line.lose()

    # What comes from the broker

    def has_news(self) -> bool:
        line = self._line
        return not self.is_closed and (
            line is None
            or not self._is_open
            or line.is_lost
            or bool(line.to_client)
            or self._is_told_blocked != self._is_blocked(line)
        )

    def work(self) -> None:
        """Hand over everything that has come."""
        if self.is_closed:
            return
        if self._line is None:
            self.is_closed = True
            self._on_error(self, ConnectionRefusedError("the broker is away"))
        elif self._line.is_lost:
            self.is_closed = True
            self._on_close(self, ConnectionResetError("the connection is lost"))
        elif not self._is_open:
            self._is_open = True
            self._on_open(self)
        else:
            self._hand_over(self._line)

    def _is_blocked(self, line: PublisherLine) -> bool:
        """In an alarm the broker tells those, and only those, who publish."""
        return self._broker.has_alarm and (self._is_told_blocked or bool(line.to_broker))

    def _hand_over(self, line: PublisherLine) -> None:
        if self._is_told_blocked != self._is_blocked(line):
            self._is_told_blocked = not self._is_told_blocked
            for call in self._on_blocked if self._is_told_blocked else self._on_unblocked:
                call(self, None)
        while line.to_client:
            match line.to_client.popleft():
                case ("return", message_id):
                    self._on_return(self, None, SimpleNamespace(message_id=message_id), b"")
                case (kind, tag, multiple):
                    method = (pika.spec.Basic.Ack if kind == "ack" else pika.spec.Basic.Nack)(tag, multiple)
                    self._on_confirm(SimpleNamespace(method=method))
