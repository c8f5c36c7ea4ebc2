"""Each metric of delivery is observed by what it is about: scraped from a worker and a relay that go through it all."""

import re
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pika
import psycopg
from prometheus_client import REGISTRY

from frist_contracts import CaseClosed, Lane, encode, with_position
from messaging import metrics
from messaging.clock import machine_now
from messaging.database import Database
from messaging.delivery import Delivery, Message, Route
from messaging.identifiers import new_id
from messaging.relay import Relay
from messaging.settings import MessagingSettings
from messaging.suspects import MOST_DEATHS
from operations.local.processes import free_ports
from tests.contracts.samples import sample_bytes
from tests.messaging.conftest import Sample, a_closure, a_sample, an_answer, eventually, sample, vhost_url
from tests.messaging.sample_handlers import project_closures
from tests.messaging.test_failures import a_session_held
from tests.metrics.test_documented import registered

__all__ = ["a_sample", "sample", "vhost_url"]


def scraped(*ports: int) -> dict[str, float]:
    """The sum of each metric over its labels, as the processes show it now; nothing of one that does not answer yet."""
    sums: dict[str, float] = {}
    for port in ports:
        for name, value in re.findall(
            r"^(frist_\w+?)(?:_count)?(?:\{.*\})? ([0-9.e+-]+)$", _answer_of(port), re.MULTILINE
        ):
            sums[name] = sums.get(name, 0) + float(value)
    return sums


def _answer_of(port: int) -> str:
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())
    except URLError:
        return ""


def test_a_worker_and_a_relay_observe_every_metric_of_delivery(sample: Sample) -> None:
    ports = dict(zip(("worker", "relay"), free_ports(2), strict=True))
    for role, port in ports.items():
        sample.environment["FRIST_METRICS_PORT"] = str(port)
        sample.start(role)
    sample.announce(an_answer(), an_answer(score=1), an_answer(score=2), a_session_held())
    eventually(lambda: sample.scalar("SELECT count(*) FROM parked") == 1)
    eventually(lambda: sample.scalar("SELECT count(*) FROM retries") == 1)
    with pika.BlockingConnection(pika.URLParameters(sample.environment["FRIST_AMQP_URL"])) as connection:
        for _ in range(2):
            connection.channel().basic_publish("", "sample.bulk", sample_bytes(CaseClosed))

    often_zero = {"frist_queue_messages", "frist_queue_oldest_seconds"}
    wanted = {name for name in registered() if not name.startswith("frist_http")} - often_zero
    eventually(lambda: wanted <= {name for name, value in scraped(*ports.values()).items() if value > 0})

    assert often_zero <= scraped(ports["worker"]).keys()
    eventually(lambda: scraped(ports["relay"])["frist_outbox_waiting"] == 1)
    eventually(lambda: scraped(ports["relay"])["frist_parked_open"] == 1)


def test_the_age_of_what_waits_is_told_while_the_broker_is_away(sample: Sample) -> None:
    (port,) = free_ports(1)
    sample.environment |= {"FRIST_METRICS_PORT": str(port), "FRIST_AMQP_URL": "amqp://nobody:nothing@127.0.0.1:9/none"}
    sample.announce(an_answer())

    sample.start("relay")

    age = eventually(lambda: scraped(port).get("frist_outbox_oldest_seconds"))
    eventually(lambda: scraped(port)["frist_outbox_oldest_seconds"] > age)
    assert scraped(port)["frist_outbox_waiting"] == 1


def test_the_age_of_what_waits_for_a_handler_is_told_while_it_hangs(sample: Sample) -> None:
    (port,) = free_ports(1)
    sample.start("relay")
    sample.environment["FRIST_METRICS_PORT"] = str(port)
    sample.start("worker")
    with psycopg.connect(sample.environment["FRIST_SAMPLE_DATABASE_URL"]) as somebody:
        somebody.execute("LOCK TABLE effects")
        sample.announce(an_answer())

        age = eventually(lambda: scraped(port).get("frist_queue_oldest_seconds"))
        eventually(lambda: scraped(port)["frist_queue_oldest_seconds"] > age + 1)

    eventually(lambda: sample.effects() == 1)
    eventually(lambda: scraped(port)["frist_queue_oldest_seconds"] == 0)


def test_what_is_published_and_what_comes_back_is_counted_by_lane(sample: Sample) -> None:
    (port,) = free_ports(1)
    with sample.database.begin() as uow:
        uow.outbox.add(a_session_held(), Lane.URGENT)  # to which nobody listens
        uow.outbox.add(an_answer(), Lane.BULK)
    sample.start("worker")

    sample.environment["FRIST_METRICS_PORT"] = str(port)
    sample.start("relay")

    eventually(lambda: 'frist_events_published_total{lane="bulk",service="sample"} 1.0' in _answer_of(port), 30)
    eventually(lambda: 'frist_events_returned_total{lane="urgent",service="sample"}' in _answer_of(port))


def test_what_its_process_died_with_is_counted_among_what_is_parked(
    fresh_database: Callable[..., Database[Any]],
) -> None:
    database = fresh_database("reporting", "system")
    delivery = Delivery(database, {CaseClosed: Route(project_closures, many=True)})

    labels = {"service": "reporting", "lane": "bulk", "reason": "ProcessDied"}
    before = REGISTRY.get_sample_value("frist_events_parked_total", labels) or 0

    delivery.bury([a_message()])
    delivery.deliver([a_message(is_retry=True, deaths=MOST_DEATHS)])

    assert REGISTRY.get_sample_value("frist_events_parked_total", labels) == before + 2


def a_message(**facts: Any) -> Message:
    event_id = new_id()
    body = encode(a_closure(), event_id=event_id, time=machine_now(), lane=Lane.BULK, correlation_id=event_id)
    return Message(with_position(body, 1), Lane.BULK, **facts)


def test_a_relay_that_lost_its_database_does_not_say_that_it_is_at_work() -> None:
    settings = MessagingSettings("cut-off", "postgresql://127.0.0.1:1/none", "amqp://127.0.0.1:1/")
    relay, signals = Relay(settings), SimpleNamespace(received=False)
    at_work = metrics.relay_active.labels("cut-off")
    at_work.set(1)

    running = threading.Thread(target=relay.run, args=[signals])
    running.start()
    eventually(lambda: REGISTRY.get_sample_value("frist_relay_active", {"service": "cut-off"}) == 0)
    signals.received = True
    running.join()
