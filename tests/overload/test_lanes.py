"""Urgent events overtake bulk, wherever it waits: in the consumer's queue or in the producer's outbox."""

import statistics
from collections.abc import Callable
from typing import Any

from benchmarks.lanes import urgent_latencies
from benchmarks.measuring import percentile
from frist_contracts import Lane
from tests.messaging.conftest import Sample, a_closure, an_answer, eventually

BULK, URGENT = 5_000, 20
BULK_LONG, URGENT_LONG = 200_000, 200
PROMISED = 250
"""Milliseconds, for 99 of a hundred; a run whose machine others use too is only asked for the median."""

APPLIED = "SELECT count(*) FROM inbox WHERE lane = 'bulk'"


def test_urgent_overtakes_a_full_queue(sample: Sample, queue: Callable[..., Any], is_long: bool) -> None:
    sample.start("worker", "relay")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1)
    sample.stop("worker")
    bulk = add_bulk(sample, is_long)
    eventually(lambda: queue(sample, "bulk")["messages"] >= bulk, 120)
    sample.start("worker")

    urgent_is_quick(sample, bulk, is_long)


def test_urgent_overtakes_a_full_outbox(sample: Sample, is_long: bool) -> None:
    sample.start("worker")
    eventually(lambda: "consuming" in sample.said("worker"))
    bulk = add_bulk(sample, is_long)
    sample.start("relay")

    urgent_is_quick(sample, bulk, is_long)


def add_bulk(sample: Sample, is_long: bool) -> int:
    """Of a kind that nothing follows from: what follows from bulk may be urgent, and then this would measure a crowd of those."""
    count = BULK_LONG if is_long else BULK
    for _ in range(0, count, 1000):
        with sample.database.begin() as uow:
            for _ in range(1000):
                uow.outbox.add(a_closure(), Lane.BULK)
    return count


def urgent_is_quick(sample: Sample, bulk: int, is_long: bool) -> None:
    eventually(lambda: sample.scalar(APPLIED) > 1, 60)

    count = URGENT_LONG if is_long else URGENT
    seen = urgent_latencies(sample.database, sample.environment["FRIST_REPORTING_DATABASE_URL"], an_answer, count)

    assert sample.scalar(APPLIED) < bulk, "bulk was through too early for this to show anything"
    assert (percentile(seen, 99) if is_long else statistics.median(seen)) < PROMISED, sorted(seen)
