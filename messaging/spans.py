"""Spans by OpenTelemetry's conventions for messaging, RabbitMQ and HTTP; imported only where traces are wanted.

They hold ids, types and routes; never a path, a body, or the words of an error: those may be about people. So
`url.path` is left out although the conventions ask for it.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from frist_contracts import Envelope, Event, Lane, routing_key
from messaging import topology

_NOBODY = Context()
_PORTS = {"amqp": 5672, "amqps": 5671}


class Traced:
    """A span that has begun. One that is never ended is never told: what was undone was not."""

    def __init__(self, span: Span) -> None:
        self._span = span

    @property
    def traceparent(self) -> str:
        """What the next in the trace gets to know."""
        context = self._span.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"

    def note(self, name: str, value: str | int) -> None:
        """One more thing about it."""
        self._span.set_attribute(name, value)

    def fail(self, error_type: str) -> None:
        """It went wrong."""
        self._span.set_attribute("error.type", error_type)
        self._span.set_status(StatusCode.ERROR)

    def end(self, error: BaseException | None = None) -> None:
        """It is over, well or with an error, of which only the class is told."""
        if error is not None:
            self.fail(type(error).__qualname__)
        self._span.end()


class Spans:
    """Begins the spans of one service's process, and exports them in the background."""

    def __init__(self, service: str, process: str) -> None:
        self._service = service
        about = {"service.namespace": "frist", "service.name": service, "frist.process": process}
        self._provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("frist")

    def close(self) -> None:
        """Send the last of them; when nobody takes them it gives up after `OTEL_EXPORTER_OTLP_TIMEOUT` (10 s)."""
        self._provider.shutdown()

    def created(self, event: Event, event_id: str, lane: Lane, correlation_id: str, parent: str | None) -> Traced:
        """A service said that something happened."""
        template = f"{topology.EVENTS_EXCHANGE}:{event.type_name().rpartition('.')[0]}"
        about = {
            **_messaging("create", template, f"{template}.{lane.value}.{event.municipality}"),
            "messaging.message.id": event_id,
            "messaging.message.conversation_id": correlation_id,
            "messaging.rabbitmq.destination.routing_key": routing_key(event, lane),
        }
        return self._begin(f"create {template}", SpanKind.PRODUCER, about, parent)

    def sending(self, exchange: str, key: str, node: str, message_id: str, parent: str) -> Traced:
        """A relay hands one message to a node of the broker."""
        words = key.split(".") if exchange else []
        template = f"{exchange}:{'.'.join(words[:2])}" if exchange else key
        about = {
            **_messaging("send", template, f"{exchange}:{key}" if exchange else key),
            **_server(node),
            "messaging.message.id": message_id,
            "messaging.rabbitmq.destination.routing_key": key,
        }
        return self._begin(f"send {template}", SpanKind.CLIENT, about, parent)

    def processing(self, envelope: Envelope) -> Traced:
        """A handler works on one event: the continuation of the trace that the event was created in."""
        event = f"{topology.EVENTS_EXCHANGE}:{envelope.type.rpartition('.')[0]}"
        queue = topology.queue_name(self._service, envelope.lane)
        about = {
            **_messaging(
                "process", f"{event}:{queue}", f"{event}.{envelope.lane.value}.{envelope.event.municipality}:{queue}"
            ),
            "messaging.message.id": envelope.event_id,
            "messaging.message.conversation_id": envelope.correlation_id,
            "messaging.rabbitmq.destination.routing_key": routing_key(envelope.event, envelope.lane),
            "messaging.consumer.group.name": self._service,
        }
        return self._begin(f"process {event}:{queue}", SpanKind.CONSUMER, about, envelope.traceparent)

    def batch(self, lane: Lane, envelopes: Sequence[Envelope]) -> Traced:
        """A worker applies several events in one transaction; a trace of its own, linked with theirs."""
        queue = topology.queue_name(self._service, lane)
        about = {
            **_messaging("process", queue, queue),
            "messaging.batch.message_count": len(envelopes),
            "messaging.consumer.group.name": self._service,
        }
        contexts = [_context_of(envelope.traceparent) for envelope in envelopes if envelope.traceparent]
        return self._begin(f"process {queue}", SpanKind.CONSUMER, about, None, [Link(context) for context in contexts])

    def request(self, method: str, route: str, scheme: str, traceparent: str | None) -> Traced:
        """A service answers a request; `route` is the pattern, never the path."""
        about = {"http.request.method": method, "http.route": route, "url.scheme": scheme}
        return self._begin(f"{method} {route}", SpanKind.SERVER, about, traceparent)

    def _begin(
        self, name: str, kind: SpanKind, about: dict[str, Any], parent: str | None, links: Sequence[Link] = ()
    ) -> Traced:
        above = set_span_in_context(NonRecordingSpan(_context_of(parent)), _NOBODY) if parent else _NOBODY
        return Traced(self._tracer.start_span(name, above, kind, about, links))


def _messaging(operation: str, template: str, destination: str) -> dict[str, Any]:
    return {
        "messaging.system": "rabbitmq",
        "messaging.operation.name": operation,
        "messaging.operation.type": operation,
        "messaging.destination.template": template,
        "messaging.destination.name": destination,
    }


@cache
def _server(node: str) -> dict[str, Any]:
    """Where a node is, of an address in which there is a password too."""
    parts = urlsplit(node)
    return {"server.address": parts.hostname or "localhost", "server.port": parts.port or _PORTS[parts.scheme]}


def _context_of(traceparent: str) -> SpanContext:
    _version, trace_id, span_id, flags = traceparent.split("-")
    return SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))
