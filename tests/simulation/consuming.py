"""What the product believes to be kombu, and the thread that reads a lane's connection: the model of the broker behind them."""

from collections.abc import Callable
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, Self

from amqp.exceptions import NotFound
from greenlet import getcurrent

from messaging.intake import Intake
from tests.simulation.actors import Stage
from tests.simulation.broker import Broker, ConsumerLine, Copy


class KombuConnection:
    """Stands for `kombu.Connection`, and for its one channel; raises what a lost socket raises."""

    def __init__(self, stage: Stage, broker: Broker, on_ack: Callable[[str, list[Copy]], None]) -> None:
        self._stage = stage
        self._broker = broker
        self._on_ack = on_ack
        self._line: ConsumerLine | None = None
        self._on_message: Callable[[Any], None] = lambda _message: None

    def ensure_connection(self, *, max_retries: int) -> None:
        assert max_retries == 0
        self._stage.pause("connects to the broker")
        if self._broker.is_away:
            raise ConnectionRefusedError("the broker is away")
        self._line = ConsumerLine(self._broker, getcurrent().process)

    def release(self) -> None:
        if self._line is not None:
            self._line.lose()

    collect = release

    @property
    def line(self) -> ConsumerLine:
        if self._line is None or self._line.is_lost:
            raise ConnectionResetError("the connection is lost")
        return self._line

    def channel(self) -> Self:
        return self

    def exchange_declare(self, *_: Any, **__: Any) -> None:
        assert self.line

    def queue_declare(self, name: str, **_: Any) -> Any:
        return SimpleNamespace(message_count=len(self.line.broker.declare(name).ready))

    def queue_bind(self, queue: str, exchange: str, key: str) -> None:
        self.line.broker.bind(queue, exchange, key)

    def basic_qos(self, _size: int, prefetch: int, *, a_global: bool) -> None:
        assert not a_global
        self.line.prefetch = prefetch

    def basic_consume(self, queue: str, *, callback: Callable[[Any], None]) -> None:
        self._find(queue)
        self.line.queue, self._on_message = queue, callback

    def heartbeat_check(self) -> None:
        assert self.line

    def drain_events(self, timeout: float) -> None:
        line = self.line
        if not line.incoming:
            wake = self._stage.now + timeout
            self._stage.pause("waits for messages", wake=wake, ready=lambda: bool(line.incoming) or line.is_lost)
        if not self.line.incoming:
            raise TimeoutError
        self.read_all()

    def read_all(self) -> None:
        """Hand over what has come."""
        line = self._line
        while line is not None and line.incoming:
            self._on_message(self._message(*line.incoming.popleft()))

    def basic_get(self, queue: str) -> Any:
        """One message that is ready in a queue, or None."""
        self._stage.pause(f"looks for a message in {queue}")
        self._find(queue)
        self.line.queue = queue
        taken = self.line.take(queue)
        return self._message(*taken) if taken else None

    def _find(self, queue: str) -> None:
        """A broker closes the channel of who asks for a queue that is not there."""
        if queue not in self.line.broker.queues:
            raise NotFound(f"NOT_FOUND - no queue '{queue}'")

    def _message(self, tag: int, copy: Copy) -> Any:
        return SimpleNamespace(
            body=copy.body,
            headers=copy.headers,
            delivery_tag=tag,
            delivery_info={"redelivered": copy.redeliveries > 0},
            channel=self,
        )

    def basic_ack(self, tag: int, *, multiple: bool = False) -> None:
        self._stage.pause(f"acknowledges up to {tag}" if multiple else f"acknowledges {tag}")
        line = self.line
        tags = line.covered(tag, multiple=multiple)
        self._on_ack(line.queue, [line.unacknowledged[each] for each in tags])
        line.acknowledgements.append(tags)


class NoPulse:
    """Stands for `Pulse`: nobody beats here, and a lost connection is met by whoever uses it next."""

    def __init__(self, connection: KombuConnection, _heartbeat_seconds: float) -> None:
        self.wire = nullcontext()
        self._connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was begun."""

    def check(self) -> None:
        assert self._connection.line


class ReadIntake(Intake):
    """Stands for `Intake`: what has come by the time somebody looks has been read, and who waits reads himself."""

    _connection: KombuConnection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was begun."""

    def check(self) -> None:
        assert self._connection.line

    def __len__(self) -> int:
        self._connection.read_all()
        return super().__len__()

    def wait(self, seconds: float) -> bool:
        try:
            self._connection.drain_events(seconds)
        except TimeoutError:
            return False
        return True
