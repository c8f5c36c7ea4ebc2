"""The model of RabbitMQ: queues, bindings, confirms in any order, returns, refusals, redelivery, loss.

It promises what the real one promises and not a word more: what was confirmed and not returned is in every queue that was
bound, until it is acknowledged or the queue is lost; everything else may or may not have arrived.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from messaging import topology


@dataclass
class Copy:
    """One message in one queue."""

    message_id: str | None
    body: bytes
    headers: dict[str, Any]
    redeliveries: int = 0


@dataclass
class Queue:
    """What waits in one queue."""

    name: str
    ready: list[Copy] = field(default_factory=list)


class Line:
    """A connection of a client, from the broker's side."""

    def __init__(self, broker: "Broker", owner: Any) -> None:
        self.broker = broker
        self.is_lost = False
        broker.lines.append(self)
        self.owner = owner
        owner.lines.add(self)

    def lose(self) -> None:
        """The connection is gone."""
        if not self.is_lost:
            self.is_lost = True
            self.broker.lines.remove(self)
            self.owner.lines.discard(self)
            self.on_loss()

    def on_loss(self) -> None:
        """What the broker does then."""


class Broker:
    """One broker with everything in it; `moves` are what it could do next, and the seed picks."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.queues: dict[str, Queue] = {}
        self.bindings: set[tuple[str, str]] = set()
        self.lines: list[Line] = []
        self.is_away = False
        self.has_alarm = False
        self.vouched: set[str] = set()
        """Every message that was confirmed without being returned."""
        self.reorders = False
        self.refusing = 0.0
        self.returning = 0.0
        self.duplicating = 0.0

    def declare(self, name: str) -> Queue:
        return self.queues.setdefault(name, Queue(name))

    def bind(self, queue: str, exchange: str, key: str) -> None:
        if exchange != topology.EVENTS_EXCHANGE:
            return  # that dead letters reach their queue is the broker's own affair
        prefix, _, rest = key.rpartition(".")
        assert rest == "#", f"the model knows bindings that end in #, not {key}"
        self.bindings.add((prefix, queue))

    def route(self, exchange: str, key: str) -> list[Queue]:
        """The queues that a message reaches."""
        if not exchange:
            return [self.queues[key]] if key in self.queues else []
        found = {queue for prefix, queue in self.bindings if f"{key}.".startswith(f"{prefix}.")}
        return [self.queues[name] for name in sorted(found)]

    def accept(self, exchange: str, key: str, copy: Copy) -> tuple[bool, bool]:
        """Take a message from a producer; returns whether it is confirmed, and whether it was returned first."""
        queues = self.route(exchange, key)
        if self.chance.random() < self.returning or not queues:
            return True, True
        if self.chance.random() < self.refusing:
            queues = queues if self.chance.random() < 0.5 else []
            self._put(queues, [copy])
            return False, False
        self._put(queues, [copy] * (2 if self.chance.random() < self.duplicating else 1))
        return True, False

    def _put(self, queues: list[Queue], copies: list[Copy]) -> None:
        for queue in queues:
            queue.ready += [Copy(copy.message_id, copy.body, copy.headers) for copy in copies]

    def take_back(self, queue: str, copies: list[Copy]) -> None:
        """What was delivered and not acknowledged is ready again."""
        if queue in self.queues:
            for copy in copies:
                copy.redeliveries += 1
            dead = self.queues.get(topology.dead_queue_name(queue.partition(".")[0]))
            worn = [copy for copy in copies if copy.redeliveries > topology.DELIVERY_LIMIT] if dead else []
            if dead and dead.name != queue:
                self._put([dead], worn)
                copies = [copy for copy in copies if copy not in worn]
            ready = self.queues[queue].ready
            ready[0:0] = copies
            if self.reorders:
                self.chance.shuffle(ready)

    def moves(self) -> list[Callable[[], str | None]]:
        """Everything the broker could do now."""
        return [move for line in self.lines for move in line.moves()]  # type: ignore[attr-defined]

    def lose_queue(self, name: str) -> None:
        """A queue is gone with its bindings and its consumers' connections."""
        for line in list(self.lines):
            if getattr(line, "queue", None) == name:
                line.lose()
        self.queues.pop(name, None)
        self.bindings = {(prefix, queue) for prefix, queue in self.bindings if queue != name}

    def restart(self, *, wiped: bool) -> None:
        """Every connection is lost; when its disk was wiped, every queue and message too."""
        for line in list(self.lines):
            line.lose()
        if wiped:
            self.queues, self.bindings = {}, set()

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits, nothing is on its way, and nothing is unacknowledged."""
        return not any(queue.ready for queue in self.queues.values()) and not any(
            line.holds
            for line in self.lines  # type: ignore[attr-defined]
        )


class PublisherLine(Line):
    """A producer's channel in confirm mode."""

    def __init__(self, broker: Broker, owner: Any) -> None:
        super().__init__(broker, owner)
        self._sent = 0
        self.to_broker: deque[tuple[int, str, str, Copy]] = deque()
        self.unconfirmed: dict[int, tuple[bool, str | None]] = {}
        """By tag: whether it will be confirmed, and the message that the broker then vouches for."""
        self.to_client: deque[tuple[Any, ...]] = deque()

    def publish(self, exchange: str, key: str, copy: Copy) -> None:
        self._sent += 1
        self.to_broker.append((self._sent, exchange, key, copy))

    @property
    def holds(self) -> bool:
        return bool(self.to_broker or self.unconfirmed)

    def moves(self) -> list[Callable[[], str | None]]:
        if self.broker.has_alarm:
            return []
        found: list[Callable[[], str | None]] = []
        if self.to_broker:
            found.append(self._take)
        if self.unconfirmed:
            found.append(self._confirm)
        return found

    def _take(self) -> str:
        count = self.broker.chance.randint(1, len(self.to_broker))
        return "; ".join(self._take_one() for _ in range(count))

    def _take_one(self) -> str:
        tag, exchange, key, copy = self.to_broker.popleft()
        confirmed, returned = self.broker.accept(exchange, key, copy)
        if returned:
            self.to_client.append(("return", copy.message_id))
        self.unconfirmed[tag] = (confirmed, copy.message_id if confirmed and not returned else None)
        return f"{'returns' if returned else 'takes' if confirmed else 'refuses'} {key} {copy.message_id}"

    def _confirm(self) -> str:
        chance = self.broker.chance
        tags = chance.sample(sorted(self.unconfirmed), chance.randint(1, len(self.unconfirmed)))
        for tag in tags:
            if tag in self.unconfirmed:
                self._confirm_one(tag, multiple=chance.random() < 0.3)
        return f"confirms {tags}"

    def _confirm_one(self, tag: int, *, multiple: bool) -> None:
        kind, _ = self.unconfirmed[tag]
        below = [each for each in self.unconfirmed if each <= tag]
        multiple = multiple and all(self.unconfirmed[each][0] is kind for each in below)
        for each in below if multiple else [tag]:
            _, message_id = self.unconfirmed.pop(each)
            if message_id:
                self.broker.vouched.add(message_id)
        self.to_client.append(("ack" if kind else "nack", tag, multiple))

    def on_loss(self) -> None:
        for _ in range(self.broker.chance.randint(0, len(self.to_broker))):
            self._take_one()
        self.to_broker.clear()
        self.unconfirmed.clear()
        self.to_client.clear()


class ConsumerLine(Line):
    """A consumer's channel: deliveries up to its prefetch, until they are acknowledged."""

    def __init__(self, broker: Broker, owner: Any) -> None:
        super().__init__(broker, owner)
        self.queue = ""
        self.prefetch = 0
        self._delivered = 0
        self.unacknowledged: dict[int, Copy] = {}
        self.incoming: deque[tuple[int, Copy]] = deque()
        self.acknowledgements: deque[list[int]] = deque()
        """On their way to the broker; lost with the connection."""

    @property
    def holds(self) -> bool:
        return bool(self.unacknowledged)

    def moves(self) -> list[Callable[[], str | None]]:
        found: list[Callable[[], str | None]] = []
        queue = self.broker.queues.get(self.queue)
        if queue and queue.ready and len(self.unacknowledged) < self.prefetch:
            found.append(self._deliver)
        if self.acknowledgements:
            found.append(self._acknowledge)
        return found

    def _acknowledge(self) -> str:
        tags = self.acknowledgements.popleft()
        for tag in tags:
            self.unacknowledged.pop(tag, None)
        return f"hears that {tags} of {self.queue} are acknowledged"

    def _deliver(self) -> str:
        ready = self.broker.queues[self.queue].ready
        count = self.broker.chance.randint(1, min(len(ready), self.prefetch - len(self.unacknowledged)))
        self.incoming.extend(filter(None, [self.take(self.queue) for _ in range(count)]))
        return f"delivers {count} from {self.queue}"

    def take(self, name: str) -> tuple[int, Copy] | None:
        """The next message of a queue with its tag; the consumer has it until it acknowledges."""
        queue = self.broker.queues.get(name)
        if queue is None or not queue.ready:
            return None
        copy = queue.ready.pop(self.broker.chance.randrange(len(queue.ready)) if self.broker.reorders else 0)
        self._delivered += 1
        self.unacknowledged[self._delivered] = copy
        return self._delivered, copy

    def covered(self, tag: int, *, multiple: bool) -> list[int]:
        """What an acknowledgement speaks of; tag 0 with `multiple` of everything, as the protocol says."""
        return [each for each in self.unacknowledged if each == tag or (multiple and (each <= tag or tag == 0))]

    def on_loss(self) -> None:
        copies, self.unacknowledged = list(self.unacknowledged.values()), {}
        self.incoming.clear()
        self.acknowledgements.clear()
        self.broker.take_back(self.queue, copies)
