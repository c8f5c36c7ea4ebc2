"""Relay and worker tell of each event, under the trace that it was created in, and of each batch with links."""

import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from frist_contracts import Lane, NoAddressLeft, SurveyAnswered
from messaging import tracing
from messaging.delivery import Delivery, Message, Route
from messaging.identifiers import new_id
from messaging.spans import Spans
from tests.contracts.samples import sample as sample_of
from tests.messaging.conftest import Sample, a_sample, an_answer, eventually, vhost_url
from tests.support.collector import Collector, Received, a_collector

__all__ = ["a_sample", "vhost_url"]

PROCESS = "process events:reporting.survey_answered:sample.bulk"
SEND = "send events:reporting.survey_answered"
CREATE = "create events:notifications.no_address_left"
CLIENT, PRODUCER, CONSUMER = 3, 4, 5


@pytest.fixture
def collector() -> Iterator[Collector]:
    with a_collector() as collector:
        yield collector


@pytest.fixture
def traced(a_sample: Callable[[str], Sample], collector: Collector) -> Sample:
    """The sample service, its processes told where the collector is."""
    sample = a_sample("sample")
    sample.environment |= collector.settings()
    return sample


def a_trace() -> tuple[str, str]:
    """A trace that began elsewhere: its id and a span's."""
    return secrets.token_hex(16), secrets.token_hex(8)


def announce(sample: Sample, trace: tuple[str, str], count: int = 1, score: int = 5) -> None:
    with sample.database.begin() as uow:
        uow.outbox.traceparent = f"00-{trace[0]}-{trace[1]}-01"
        for _ in range(count):
            uow.outbox.add(an_answer(score=score))


def arrived(spans: list[Received]) -> list[Received]:
    """Without the attempts to send to a queue that was not there yet."""
    return [span for span in spans if span.attributes.get("error.type") != "refused"]


def named(spans: list[Received], name: str) -> list[Received]:
    return [span for span in spans if span.name == name]


def test_one_event_is_followed_over_the_broker_to_what_it_caused(traced: Sample, collector: Collector) -> None:
    trace_id, creation = trace = a_trace()
    traced.start("worker", "relay")

    announce(traced, trace)

    spans = eventually(lambda: len(found := arrived(collector.of_trace(trace_id))) >= 4 and found)
    (send,), (process,), (create,) = named(spans, SEND), named(spans, PROCESS), named(spans, CREATE)
    assert (send.kind, process.kind, create.kind) == (CLIENT, CONSUMER, PRODUCER)
    assert (send.process, process.process) == ("relay", "worker")
    assert send.parent_id == process.parent_id == creation
    assert create.parent_id == process.span_id
    assert process.attributes == {
        "messaging.system": "rabbitmq",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.template": "events:reporting.survey_answered:sample.bulk",
        "messaging.destination.name": "events:reporting.survey_answered.bulk.dk-0101:sample.bulk",
        "messaging.message.id": send.attributes["messaging.message.id"],
        "messaging.message.conversation_id": send.attributes["messaging.message.id"],
        "messaging.consumer.group.name": "sample",
        "messaging.rabbitmq.destination.routing_key": "reporting.survey_answered.bulk.dk-0101",
    }
    assert send.attributes["messaging.rabbitmq.destination.routing_key"] == "reporting.survey_answered.bulk.dk-0101"
    broker = urlsplit(traced.environment["FRIST_AMQP_URL"])
    assert (send.attributes["server.address"], send.attributes["server.port"]) == (broker.hostname, broker.port)
    assert create.attributes["messaging.rabbitmq.destination.routing_key"].startswith("notifications.no_address_left.")
    assert create.attributes["messaging.message.conversation_id"] == send.attributes["messaging.message.id"]


def test_a_batch_links_to_the_creation_of_each_of_its_events(traced: Sample, collector: Collector) -> None:
    traced.start("worker", "relay")
    announce(traced, a_trace())
    eventually(lambda: traced.effects() == 1)
    traced.kill("worker")
    traces = [a_trace() for _ in range(3)]
    for trace in traces:
        announce(traced, trace, count=20)
    eventually(lambda: traced.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0)

    traced.start("worker")

    eventually(lambda: traced.effects() == 61)
    batches = eventually(lambda: sum(len(span.links) for span in batches_of(collector)) >= 50 and batches_of(collector))
    assert {link for span in batches for link in span.links} <= set(traces)
    assert all(span.attributes["messaging.batch.message_count"] == len(span.links) for span in batches)
    assert {span.parent_id for span in batches} == {""}


def batches_of(collector: Collector) -> list[Received]:
    return named(list(collector.spans), "process sample.bulk")


def test_what_a_handler_of_many_tells_goes_on_in_the_trace_of_the_event_it_names(
    traced: Sample, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in collector.settings().items():
        monkeypatch.setenv(name, value)
    spans, traces = Spans("sample", "worker"), [a_trace() for _ in range(3)]
    monkeypatch.setattr(tracing, "_services", {"sample": spans})

    Delivery(traced.database, {SurveyAnswered: Route(tell_of_each, many=True)}).deliver(list(map(an_answer_in, traces)))

    spans.close()
    for trace_id, creation in traces:
        process, create = (named(collector.of_trace(trace_id), name)[0] for name in (PROCESS, CREATE))
        assert (process.parent_id, create.parent_id) == (creation, process.span_id)


def tell_of_each(answers: list[SurveyAnswered], uow: Any) -> None:
    for answer in answers:
        lost = NoAddressLeft(municipality=answer.municipality, case_id=answer.case_id, programme_id="p")
        uow.outbox.add(lost, because=answer)


def an_answer_in(trace: tuple[str, str]) -> Message:
    sent = {**sample_of(SurveyAnswered), "id": new_id(), "traceparent": f"00-{trace[0]}-{trace[1]}-01"}
    return Message(json.dumps(sent).encode(), Lane.BULK)


def test_a_retry_stays_in_its_trace_and_a_failure_says_only_its_class(traced: Sample, collector: Collector) -> None:
    trace_id, creation = trace = a_trace()
    traced.start("worker", "relay")
    announce(traced, trace, score=3)
    failed = eventually(lambda: named(collector.of_trace(trace_id), PROCESS))

    traced.execute("UPDATE behaviour SET behaves = true")

    eventually(lambda: traced.effects() == 1)
    done = eventually(lambda: [span for span in named(collector.of_trace(trace_id), PROCESS) if not span.failed])
    assert failed[0].failed
    assert failed[0].attributes["error.type"] == "RuntimeError"
    assert "broke" not in str(failed[0])
    assert failed[0].parent_id == done[0].parent_id == creation
    again = eventually(lambda: named(collector.of_trace(trace_id), "send sample.bulk"))
    assert {span.parent_id for span in again} == {creation}


def test_a_collector_that_is_away_holds_nothing_up(traced: Sample, collector: Collector) -> None:
    traced.environment |= {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_EXPORTER_OTLP_TIMEOUT": "1"}
    traced.start("worker", "relay")

    announce(traced, a_trace(), count=50)

    eventually(lambda: traced.effects() == 50)
    assert traced.stop("worker") == traced.stop("relay") == 0
    assert collector.spans == []
