"""The database goes away, for seconds or minutes: nothing is acknowledged, nothing is lost, and all goes on by itself."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from messaging.nodes import LONGEST_WAIT_SECONDS, wait_after
from messaging.watchdog import WATCHDOG_EXIT_CODE
from tests.messaging.conftest import Sample, an_answer, eventually
from tests.overload.conftest import SILENCE_SECONDS
from tests.support.wire import Wire

URL = "FRIST_REPORTING_DATABASE_URL"
HEARTBEAT_SECONDS = 3
"""What follows from a silence of 13.5 seconds."""


@pytest.fixture
def wire(sample: Sample) -> Iterator[Wire]:
    """Lies between the sample's processes and its database; the test itself has a way of its own."""
    with Wire(sample.environment[URL]) as wire:
        yield wire


def test_an_outage_longer_than_any_heartbeat_costs_no_delivery(
    sample: Sample, wire: Wire, queue: Callable[..., Any], consumers: Callable[[], set[str]], is_long: bool
) -> None:
    sample.start("relay")
    sample.environment |= {URL: wire.url, "FRIST_SILENCE_SECONDS": "13.5"}
    sample.start("worker")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1)
    connected = eventually(lambda: len(found := consumers()) == 3 and found)

    wire.cut()
    sample.announce(*(an_answer() for _ in range(500)))
    eventually(lambda: queue(sample, "bulk").get("messages_unacknowledged"))
    until = time.monotonic() + (600 if is_long else 3 * HEARTBEAT_SECONDS)
    eventually(lambda: time.monotonic() > until or not queue(sample, "bulk")["messages"], 660)

    assert queue(sample, "bulk")["messages"] >= 500
    wire.mend()
    eventually(lambda: sample.effects() == 501)
    assert sample.scalar("SELECT count(DISTINCT survey_id) FROM effects") == 501
    assert consumers() == connected
    assert sample.scalar("SELECT count(*) FROM retries") + sample.scalar("SELECT count(*) FROM parked") == 0


def test_a_relay_goes_on_by_itself_when_the_database_is_back(sample: Sample, wire: Wire) -> None:
    sample.start("worker")
    sample.environment[URL] = wire.url
    sample.start("relay")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1)

    wire.cut()
    sample.announce(*(an_answer() for _ in range(100)))
    eventually(lambda: "relay_interrupted" in sample.said("relay"))
    wire.mend()

    eventually(lambda: sample.effects() == 101)
    assert sample.processes["relay"].poll() is None


def test_a_database_that_is_frozen_ends_worker_and_relay_and_the_next_go_on(sample: Sample, wire: Wire) -> None:
    sample.environment[URL] = wire.url
    sample.start("worker", "relay")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1)

    sample.announce(*(an_answer() for _ in range(1000)))
    eventually(lambda: sample.effects() > 1)
    wire.freeze()
    ended = [sample.processes.pop(role).wait(5 * SILENCE_SECONDS) for role in ("worker", "relay")]
    wire.thaw()
    sample.start("worker", "relay")

    assert ended == [WATCHDOG_EXIT_CODE] * 2
    eventually(lambda: sample.effects() >= 1001, 40)
    assert sample.scalar("SELECT count(DISTINCT survey_id) FROM effects") == sample.effects() == 1001


def test_a_table_that_is_kept_locked_for_longer_than_a_silence_ends_no_worker(sample: Sample) -> None:
    sample.start("worker", "relay")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1)
    worker = sample.processes["worker"]

    with sample.database.engine.begin() as somebody:
        somebody.execute(text("LOCK TABLE effects IN ACCESS EXCLUSIVE MODE"))
        sample.announce(*(an_answer() for _ in range(100)))
        until = time.monotonic() + 2 * SILENCE_SECONDS
        eventually(lambda: time.monotonic() > until or worker.poll() is not None, 3 * SILENCE_SECONDS)

    eventually(lambda: sample.effects() == 101)
    assert worker.poll() is None
    assert "lock timeout" in sample.said("worker")
    assert sample.scalar("SELECT count(*) FROM retries") + sample.scalar("SELECT count(*) FROM parked") == 0


def test_the_wait_between_two_attempts_does_not_grow_with_the_outage() -> None:
    waits = [wait_after(failures) for failures in (1, 2, 5, 120, 10_000, 10**9)]

    assert waits[0] < waits[2] <= LONGEST_WAIT_SECONDS
    assert all(LONGEST_WAIT_SECONDS / 2 < wait <= LONGEST_WAIT_SECONDS for wait in waits[3:])
