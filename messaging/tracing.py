"""One trace from the request to the last handler, for whoever asks for it by `OTEL_EXPORTER_OTLP_ENDPOINT`.

The W3C trace context travels in the envelope: an event's `traceparent` is the span that created it. Nothing of
OpenTelemetry is imported unless traces are asked for; without, each of these is one look at a name.
"""

import atexit
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from frist_contracts import Envelope, Event, Lane, PageClosed, ResendRequested
from frist_contracts.envelope import TRACEPARENT

if TYPE_CHECKING:
    from messaging.spans import Spans, Traced

_services: dict[str, "Spans"] = {}
"""The services whose processes run here: one, but all of them in the web of one machine."""

_NOTHING: AbstractContextManager[None] = nullcontext()


def configure_tracing(service: str, process: str, *, is_wanted: bool) -> None:
    """Export the spans of a service's process by OTLP from now on, as the `OTEL_*` settings say."""
    if is_wanted and service not in _services:
        from messaging.spans import Spans  # noqa: PLC0415 - only where it is wanted

        if not _services:
            atexit.register(_end)
        _services[service] = Spans(service, process)


def _end() -> None:
    """Send what is not sent yet."""
    for spans in _services.values():
        spans.close()
    _services.clear()


def is_on() -> bool:
    """Whether anybody listens."""
    return bool(_services)


def created(event: Event, event_id: str, lane: Lane, correlation_id: str, parent: str | None) -> "Traced | None":
    """The creation of an event; its `traceparent` goes into the envelope. Ended once the event is stored.

    What the kernels say to each other about delivery is nobody's doing, and not traced.
    """
    if not _services or isinstance(event, PageClosed | ResendRequested):
        return None
    return _of(event.producer).created(event, event_id, lane, correlation_id, parent)


def sending(service: str, way: tuple[str, str, str], message_id: str, body: bytes) -> "Traced | None":
    """The way of one message to the broker, until its confirm; None when nobody traces it.

    `way` is the exchange, the routing key, and the address of the node.
    """
    parent = _traceparent_in(body) if _services else None
    return _of(service).sending(*way, message_id, parent) if parent else None


def processing(service: str, envelopes: Sequence[Envelope], outbox: Any) -> AbstractContextManager[Any]:
    """The handling of one event, or of several by one handler; what it adds to the outbox goes on from there."""
    return _processing(_of(service), envelopes, outbox) if _services else _NOTHING


def _processing(spans: "Spans", envelopes: Sequence[Envelope], outbox: Any) -> AbstractContextManager[None]:
    begun = {each.event_id: spans.processing(each) for each in envelopes if each.traceparent}
    outbox.follow([_within(begun.get(each.event_id), each) for each in envelopes])
    return _ending(begun.values())


def _within(span: "Traced | None", envelope: Envelope) -> Envelope:
    return replace(envelope, traceparent=span.traceparent) if span else envelope


def batch(service: str, lane: Lane, envelopes: Sequence[Envelope]) -> AbstractContextManager[Any]:
    """One transaction of several events: a span of its own that links to what created each of them."""
    return _ending([_of(service).batch(lane, envelopes)]) if _services and len(envelopes) > 1 else _NOTHING


@contextmanager
def _ending(begun: Iterable["Traced"]) -> Iterator[None]:
    """What was begun ends with the block, well or with its error."""
    error: BaseException | None = None
    try:
        yield
    except BaseException as raised:
        error = raised
        raise
    finally:
        for span in begun:
            span.end(error)


def request(service: str, method: str, route: str, scheme: str, traceparent: str | None) -> "Traced | None":
    """An HTTP request that a service answers."""
    return _of(service).request(method, route, scheme, traceparent) if _services else None


def _of(service: str) -> "Spans":
    return _services.get(service) or next(iter(_services.values()))


def _traceparent_in(body: bytes) -> str | None:
    """Found without reading the JSON: the envelope's own is the last, because `data` stands before it."""
    mark = b'"traceparent":"'
    start = body.rfind(mark) + len(mark)
    found = body[start : start + 55].decode(errors="replace")
    return found if TRACEPARENT.fullmatch(found) else None
