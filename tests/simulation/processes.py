"""The processes of the play: workers and relays as the product runs them, and requests that change something."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from greenlet import getcurrent

from frist_contracts import Lane
from messaging import topology
from messaging.consumer import QueueConsumer
from messaging.delivery import Delivery
from messaging.ledger import Auditor
from messaging.relay import Relay
from messaging.settings import MessagingSettings
from messaging.subscribe import Lanes
from messaging.watchdog import Beats
from tests.simulation.actors import Killed


class Process:
    """What dies together: actors, and connections to the database and the broker."""

    def __init__(self, world: Any, service: str, slot: str) -> None:
        self.world = world
        self.service = service
        self.slot = slot
        self.name = f"{service} {slot}"
        self.database = world.theatre.databases[service, slot]
        self.database.engine.dispose()
        self.is_dead = False
        self.connections: dict[Any, None] = {}
        self.lines: set[Any] = set()
        self.actors: list[Any] = []
        self._ends: list[Any] = []

    def start(self) -> None:
        """Begin its loops."""
        if self.slot.startswith("worker"):
            self._start_worker()
        elif self.slot.startswith("relay"):
            self._start_relay()

    def spawn(self, name: str, work: Any) -> Any:
        actor = self.world.stage.spawn(f"{self.name} {name}", self, work)
        self.actors.append(actor)
        return actor

    def is_running(self) -> bool:
        return not self.is_dead and any(not actor.dead for actor in self.actors)

    def kill(self) -> None:
        """As kill -9: the servers see it first, the code nothing at all. Raises Killed in an actor of its own."""
        self.is_dead = True
        for connection in list(self.connections):
            connection.lose()
        for line in sorted(self.lines, key=self.world.broker.lines.index):
            line.lose()
        for actor in self.actors:
            if not actor.dead and actor is not getcurrent():
                self.world.stage.end(actor)
        if getcurrent() in self.actors:
            raise Killed

    def stop(self) -> None:
        """As SIGTERM: it may finish what it has in hand."""
        for end in self._ends:
            end()

    def _settings(self) -> MessagingSettings:
        world = self.world
        return MessagingSettings(
            service=self.service,
            database_url="postgresql://",
            amqp_url="amqp://model",
            poll_seconds=world.poll_seconds,
            rest_seconds=world.poll_seconds,
            page_seconds=world.page_seconds,
            batch_size=world.batch_size,
        )

    def _start_relay(self) -> None:
        signals = SimpleNamespace(received=False)
        self._ends.append(lambda: setattr(signals, "received", True))
        self.spawn("", lambda: Relay(self._settings()).run(signals))

    def _start_worker(self) -> None:
        settings, routes = self._settings(), self.world.handlers[self.service].routes()
        delivery = Delivery(self.database, routes)
        queues = [(topology.queue_name(self.service, lane), lane, delivery.deliver) for lane in Lane]
        queues.append((topology.dead_queue_name(self.service), Lane.BULK, delivery.bury))
        consumers = [QueueConsumer(settings, queue, lane, deliver, routes) for queue, lane, deliver in queues]
        for consumer in consumers:
            self._ends.append(consumer.stop)
            self.spawn(consumer.queue, consumer.run)
        if self.world.has_ledger:
            lanes: Any = object.__new__(Lanes)
            lanes._stopped, lanes._consumers = False, consumers
            self._ends.append(lambda: setattr(lanes, "_stopped", True))
            auditor = Auditor(self.service, routes, timedelta(seconds=settings.page_seconds))
            self.spawn("auditor", lambda: lanes._audit(auditor, settings, Beats()))
