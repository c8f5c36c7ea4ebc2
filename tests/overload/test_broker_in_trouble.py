"""The broker asks everybody to wait, or says nothing at all; web goes on either way."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from itertools import islice

import psycopg
import pytest

from operations.broker import Broker
from operations.ledger import Ledger
from operations.local.stack import Stack
from operations.rehearsal.http_client import HttpClient
from operations.rehearsal.world.national_numbers import cvr_numbers
from tests.messaging.conftest import Sample, an_answer, eventually
from tests.overload.conftest import SILENCE_SECONDS
from tests.support.freezing import frozen
from tests.system.people import Operator, Organisation
from tests.system.setting import Setting

Alarm = Callable[[Broker], AbstractContextManager[None]]
UNPUBLISHED = "SELECT count(*) FROM outbox WHERE published_at IS NULL"


@pytest.fixture
def running(sample: Sample) -> Sample:
    """The sample with its worker and its relay."""
    sample.start("worker", "relay")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1)
    return sample


@contextmanager
def memory_alarm(broker: Broker) -> Iterator[None]:
    """The broker has no memory left for messages: it blocks whoever publishes."""
    broker.control("set_vm_memory_high_watermark", "0")
    try:
        yield
    finally:
        broker.control("set_vm_memory_high_watermark", "0.6")


@contextmanager
def disk_alarm(broker: Broker) -> Iterator[None]:
    """The broker has no disk left."""
    broker.control("set_disk_free_limit", "900000GB")
    try:
        yield
    finally:
        broker.control("set_disk_free_limit", "200MB")


@pytest.mark.parametrize(("alarm", "seconds"), [(memory_alarm, SILENCE_SECONDS + 2), (disk_alarm, 2)])
def test_an_alarm_is_waited_out_longer_than_any_silence(
    running: Sample, broker: Broker, alarm: Alarm, seconds: float, is_long: bool
) -> None:
    published = running.scalar("SELECT count(*) FROM outbox WHERE published_at IS NOT NULL")
    with alarm(broker):
        running.announce(*(an_answer() for _ in range(1500)))
        until = time.monotonic() + (600 if is_long else seconds)
        eventually(lambda: time.monotonic() > until or running.effects() > 1, 660)
        marked = running.scalar("SELECT count(*) FROM outbox WHERE published_at IS NOT NULL") - published
        told = running.said("relay")

    assert marked <= 2  # a page of the ledger may just have got through
    assert "relay_interrupted" not in told
    eventually(lambda: running.effects() >= 1501)
    assert running.scalar("SELECT count(DISTINCT survey_id) FROM effects") == running.effects() == 1501


def test_during_an_alarm_web_accepts_as_quickly_as_ever(platform: Stack, broker: Broker) -> None:
    setting = Setting.at(datetime.now(UTC), "alarm")  # noqa: TID251 - from outside there is no other clock
    Operator(HttpClient(platform.public_url, platform.operator_key)).open(setting)
    ledger = Ledger(platform.database_urls)
    ledger.wait_until_settled(90)
    coming = [Organisation(HttpClient(platform.public_url), setting, number) for number in islice(cvr_numbers(29), 20)]

    with memory_alarm(broker):
        seconds = [how_long(organisation.register) for organisation in coming]
        waiting = count(platform.database_urls["registration"], UNPUBLISHED)

    assert max(seconds) < 3
    assert waiting >= len(coming)
    ledger.wait_until_settled(90)
    assert ledger.page().total("missing") == 0
    ledger.close()


def test_a_frozen_broker_is_left_and_everything_flows_when_it_goes_on(running: Sample, broker: Broker) -> None:
    with frozen(broker):
        running.announce(*(an_answer() for _ in range(1500)))
        eventually(lambda: "broker_away" in running.said("worker"), 5 * SILENCE_SECONDS)
        eventually(lambda: "relay_interrupted" in running.said("relay"), 5 * SILENCE_SECONDS)

    for role, process in running.processes.items():
        assert process.poll() is None, f"{role} ended, though it can do without its broker"
    eventually(lambda: running.effects() >= 1501, 40)
    assert running.scalar("SELECT count(DISTINCT survey_id) FROM effects") == running.effects() == 1501


def how_long(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def count(url: str, query: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0
