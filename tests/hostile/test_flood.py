"""A worker under a flood of messages that are no events: it goes on, parks each with its reason, applies the good ones."""

import os
import time
from collections.abc import Callable

import pytest

from tests.hostile.flood import Sent, flood, memory_of, processor_seconds_of
from tests.hostile.judging import assert_a_person_understands
from tests.messaging.conftest import Sample, an_answer, eventually

COUNT = int(os.environ.get("FRIST_FLOOD", "2000"))
SEED = int(os.environ.get("FRIST_FLOOD_SEED", "20131101"))
PATIENCE = 30 + COUNT / 200
MOST_MEMORY = 400 * 2**20
GOOD = "SELECT count(*) FROM effects WHERE survey_id LIKE 'good %'"
UNREADABLE = "SELECT count(*) FROM parked WHERE subject IS NULL"
DISTINCT_REASONS = "SELECT array_agg(DISTINCT reason) FROM parked WHERE subject IS NULL"
BODIES = "SELECT array_agg(encode(sha256(body), 'hex')) FROM parked WHERE subject IS NULL"


@pytest.fixture
def sample(a_sample: Callable[[str], Sample]) -> Sample:
    """Under the name of a real service: forged pages make it ask for events, and only those can."""
    return a_sample("reporting")


def test_a_flood_of_hostile_messages_harms_nothing(sample: Sample) -> None:
    sample.start("worker", "relay")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1)

    for sent in flood(sample, SEED, COUNT):
        print(f"\r{sent.count:>9,} of {COUNT:,} sent, the worker holds {memory_of(sample) / 2**20:.0f} MiB", end="")  # noqa: T201

    assert_all_that_was_sent_is_accounted_for(sample, sent, PATIENCE)
    assert memory_of(sample) < MOST_MEMORY
    eventually_rests(sample)


def assert_all_that_was_sent_is_accounted_for(sample: Sample, sent: Sent, seconds: float) -> None:
    """The good ones took effect, the others are parked byte for byte with a reason, and the worker still lives."""
    comes_to(sample, GOOD, sent.good, seconds)
    comes_to(sample, UNREADABLE, len(sent.unreadable), seconds)
    assert set(sample.scalar(BODIES)) == sent.unreadable
    for reason in sample.scalar(DISTINCT_REASONS):
        slug, _, sentence = reason.partition(": ")
        assert slug in ("unreadable_event", "unknown_event")
        assert_a_person_understands(sentence)
    assert sample.processes["worker"].poll() is None


def comes_to(sample: Sample, counted: str, wanted: int, seconds: float) -> None:
    """Wait until so many are counted, and tell how far it has come."""

    def is_there() -> bool:
        found = sample.scalar(counted)
        print(f"\r{found:>9,} of {wanted:,} are there          ", end="")  # noqa: T201
        return bool(found == wanted)

    eventually(is_there, seconds, every=1.0)


def eventually_rests(sample: Sample) -> None:
    """Nothing comes again and again: a worker that is done uses next to no processor time."""
    until = time.monotonic() + 20
    while True:
        before = processor_seconds_of(sample)
        time.sleep(1)  # what is measured is a rate
        if (worked := processor_seconds_of(sample) - before) < 0.3:
            return
        assert time.monotonic() < until, f"it still works {worked:.2f} s in each second"


def test_the_same_bytes_are_parked_once_however_often_they_come(sample: Sample) -> None:
    sample.start("worker", "relay")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1)

    *_, first = flood(sample, SEED, 100)
    *_, again = flood(sample, SEED, 100)

    assert again.unreadable == first.unreadable
    eventually(lambda: sample.scalar(GOOD) == first.good + again.good)
    assert set(sample.scalar(BODIES)) == first.unreadable
    assert sample.scalar(UNREADABLE) == len(first.unreadable)
