"""One trace runs from a request over the outbox and the broker to the last handler of the last service."""

import secrets
from datetime import UTC, datetime

from operations.local.stack import Stack
from operations.rehearsal.http_client import HttpClient
from tests.support.collector import Collector, Received
from tests.support.waiting import eventually
from tests.system.people import Operator, Organisation
from tests.system.setting import Setting

SERVER = 2
ASSESSED, CONFIRMED = "registration.case_assessed", "scheduling.booking_confirmed"
REQUEST = "POST /registration/api/case/<token>/inventory"
LAST = ("registration", "notifications", "reporting")
THE_WAY = {
    *(("registration", name) for name in (REQUEST, f"create events:{ASSESSED}", f"send events:{ASSESSED}")),
    *(("scheduling", name) for name in (f"process events:{ASSESSED}:scheduling.urgent", f"create events:{CONFIRMED}")),
    *((service, f"process events:{CONFIRMED}:{service}.urgent") for service in LAST),
}
ATTRIBUTES = {
    *("http.request.method", "http.route", "http.response.status_code", "url.scheme"),
    *("messaging.system", "messaging.operation.name", "messaging.operation.type", "messaging.destination.name"),
    *("messaging.destination.template", "messaging.message.id", "messaging.message.conversation_id"),
    *("messaging.consumer.group.name", "messaging.rabbitmq.destination.routing_key", "messaging.batch.message_count"),
    *("server.address", "server.port"),
}


def test_a_request_is_followed_through_every_service(platform: Stack, platform_traces: Collector) -> None:
    setting = Setting.at(datetime.now(UTC), "traced")  # noqa: TID251 - from outside there is no other clock
    operator = Operator(HttpClient(platform.public_url, platform.operator_key))
    operator.open(setting)
    first, organisation = (Organisation(HttpClient(platform.public_url), setting) for _ in range(2))
    eventually(lambda: operator.is_reported(setting), "the programme is known")
    for each in (first, organisation):
        each.register()
    first.assess()
    eventually(lambda: first.place()["booking"], "there are seats", 60)
    trace_id, caller = secrets.token_hex(16), secrets.token_hex(8)

    organisation.http._headers["traceparent"] = f"00-{trace_id}-{caller}-01"
    organisation.assess()
    del organisation.http._headers["traceparent"]

    spans = eventually(lambda: all_of_it(platform_traces.of_trace(trace_id)), "the whole trace")
    request = one(spans, "registration", REQUEST)
    assessed = one(spans, "registration", f"create events:{ASSESSED}")
    placed = one(spans, "scheduling", f"process events:{ASSESSED}:scheduling.urgent")
    confirmed = one(spans, "scheduling", f"create events:{CONFIRMED}")
    assert (request.kind, request.parent_id) == (SERVER, caller)
    assert request.attributes["http.response.status_code"] < 300
    assert assessed.parent_id == request.span_id
    assert placed.parent_id == one(spans, "registration", f"send events:{ASSESSED}").parent_id == assessed.span_id
    assert confirmed.parent_id == placed.span_id
    for service in LAST:
        last = one(spans, service, f"process events:{CONFIRMED}:{service}.urgent")
        assert last.parent_id == confirmed.span_id
    assert {name for span in spans for name in span.attributes} <= ATTRIBUTES
    assert not any(personal in str(spans) for personal in said_by(organisation))


def all_of_it(spans: list[Received]) -> list[Received]:
    """The spans, once every process on the way has sent its own: each does so in its own time."""
    told = {(span.service, span.name) for span in spans}
    assert told >= THE_WAY, (sorted(THE_WAY - told), sorted(told))
    return spans


def one(spans: list[Received], service: str, name: str) -> Received:
    found = [span for span in spans if (span.service, span.name) == (service, name)]
    assert len(found) == 1, sorted((span.service, span.name) for span in spans)
    return found[0]


def said_by(organisation: Organisation) -> tuple[str, ...]:
    return (organisation.token, organisation.number, organisation.email, "Bageriet", "Søren", "Istedgade")
