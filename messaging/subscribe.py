"""`subscribe`: the one way in. A nameko extension behind which both lanes are consumed in batches.

class SchedulingSubscriptions:
    on_case_opened = subscribe(CaseOpened, handlers.put_on_waiting_list)

Stock nameko acknowledges an event whose handler raised; here it is retried and, at last, parked.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR, Entrypoint, ProviderCollector, SharedExtension
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from frist_contracts import PAGE_CLOSED, RESEND_REQUESTED, Event, Lane
from messaging import topology
from messaging.clock import machine_now
from messaging.consumer import QueueConsumer
from messaging.delivery import Delivery, Route
from messaging.ledger import Auditor, note_page
from messaging.logs import logger
from messaging.process import process_database, process_settings, process_watchdog
from messaging.rebuilds import AUDIT_LOCK
from messaging.resends import note_request
from messaging.settings import MessagingSettings
from messaging.watchdog import LONG_RUN, Beats, vital

log = logger(__name__)

_ONE_AUDITOR = text(f"SELECT pg_try_advisory_xact_lock({AUDIT_LOCK})")


def subscribe(events: type[Event] | Iterable[type[Event]], handler: Callable[..., Any], *, many: bool = False) -> Any:
    """Have `handler(event, uow)` called once for each event of these types.

    With `many`, `handler(events, uow)` gets all events of a batch at once: for projections. What it tells it tells
    `because` of one of them: `uow.outbox.add(fact, because=event)`. An event type may be subscribed to once in a service.
    """
    types = (events,) if isinstance(events, type) else tuple(events)

    def subscription(self: Any) -> None:
        """Stands on the service class for nameko to find; the batch goes straight to the handler."""

    subscription.__doc__ = handler.__doc__
    setattr(subscription, ENTRYPOINT_EXTENSIONS_ATTR, {Subscription(types, handler, many=many)})
    return subscription


class Lanes(SharedExtension, ProviderCollector):  # type: ignore[misc]
    """The consumers of a service, shared by all its subscriptions, and its auditor."""

    def setup(self) -> None:
        """Called by nameko once, before anything starts."""
        self._consumers: list[QueueConsumer] = []
        self._threads: list[Any] = []
        self._stopped = False

    def start(self) -> None:
        """Start one green thread for each queue, and the auditor's."""
        if self._threads:
            return
        settings = process_settings()
        routes = self.routes()
        delivery = Delivery(process_database(), routes)
        for lane in Lane:
            queue = topology.queue_name(settings.service, lane)
            self._consume(QueueConsumer(settings, queue, lane, delivery.deliver, routes))
        dead = topology.dead_queue_name(settings.service)
        self._consume(QueueConsumer(settings, dead, Lane.BULK, delivery.bury, routes))
        if settings.service in RESEND_REQUESTED:  # who has no words to ask again with has nothing to audit for
            auditor = Auditor(settings.service, routes, timedelta(seconds=settings.page_seconds))
            beats = Beats()
            process_watchdog().watch("auditor", beats, LONG_RUN)
            self._spawn(lambda: self._audit(auditor, settings, beats), "auditor")

    def _consume(self, consumer: QueueConsumer) -> None:
        self._consumers.append(consumer)
        process_watchdog().watch(consumer.queue, consumer)
        self._spawn(consumer.run, consumer.queue)

    def _spawn(self, work: Callable[[], None], name: str) -> None:
        self._threads.append(self.container.spawn_managed_thread(vital(work, name), name))

    def routes(self) -> dict[type[Event], Route]:
        """Where each event goes; raises ValueError when a type is subscribed to twice."""
        routes: dict[type[Event], Route] = {}
        for provider in self._providers:
            for event in provider.events:
                if event in routes:
                    raise ValueError(f"{event.type_name()} is subscribed to twice")
                routes[event] = Route(provider.handler, provider.many)
        return routes | kernel_routes(process_settings().service, routes)

    def stop(self) -> None:
        """Let both lanes finish the batch they have in hand."""
        self._stopped = True
        for consumer in self._consumers:
            consumer.stop()
        for thread in self._threads:
            thread.wait()
        super().stop()

    def kill(self) -> None:
        """Stop without waiting."""
        self._stopped = True
        for consumer in self._consumers:
            consumer.stop()
        for thread in self._threads:
            thread.kill()

    def _audit(self, auditor: Auditor, settings: MessagingSettings, beats: Beats) -> None:
        rest = settings.page_seconds / 5
        while not self._stopped:
            until = time.monotonic() + rest
            while not self._stopped and time.monotonic() < until:
                time.sleep(min(0.2, rest))
                beats.beat()
            try:
                with process_database().begin() as uow:
                    if uow.connection.execute(_ONE_AUDITOR).scalar():
                        auditor.check(uow, machine_now(), sum(consumer.joins for consumer in self._consumers))
            except SQLAlchemyError as error:
                auditor.start_afresh()
                log.warning("audit_interrupted", error=repr(error)[:200])
            beats.beat()


def kernel_routes(service: str, routes: Mapping[type[Event], Route]) -> dict[type[Event], Route]:
    """What every service listens to beside its own subscriptions: its producers' pages and requests to send again."""
    producers = {event.producer for event in routes} & PAGE_CLOSED.keys()
    pages: dict[type[Event], Route] = {PAGE_CLOSED[producer]: Route(note_page) for producer in producers}
    asked: Route = Route(lambda event, uow: note_request(event, uow, service))
    return {**pages, **dict.fromkeys(RESEND_REQUESTED.values(), asked)}


class Subscription(Entrypoint):  # type: ignore[misc]
    """Binds event types to a handler."""

    lanes = Lanes()

    def __init__(self, events: tuple[type[Event], ...], handler: Callable[..., Any], *, many: bool = False) -> None:
        self.events = events
        self.handler = handler
        self.many = many
        super().__init__()

    def setup(self) -> None:
        """Join the service's lanes."""
        self.lanes.register_provider(self)

    def stop(self) -> None:
        """Leave them; the last to leave ends the wait of `Lanes.stop`."""
        self.lanes.unregister_provider(self)
