"""SIGTERM ends a worker whatever it is at: with a batch in hand, with one that cannot be finished, and when it is asked twice."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from messaging.launcher import GRACE_EXCEEDED_EXIT_CODE
from tests.messaging.conftest import Sample, an_answer, eventually
from tests.support.waiting import somebody_waits

NEVER = "3600"
"""Seconds: whatever ends before was not ended by the grace time."""


@contextmanager
def a_batch_that_waits(sample: Sample) -> Iterator[None]:
    """A worker has a batch in hand whose handler waits for a lock, which is held until the end."""
    sample.start("relay", "worker")
    with sample.database.engine.begin() as holder:
        holder.execute(text("LOCK effects IN SHARE MODE"))
        sample.announce(an_answer())
        eventually(lambda: somebody_waits(sample.database))
        yield


def ask_to_stop(sample: Sample, times: int = 1) -> None:
    for _ in range(times):
        sample.processes["worker"].send_signal(signal.SIGTERM)


def how_it_ended(sample: Sample) -> int:
    return sample.processes.pop("worker").wait(20)


def goes_on_where_it_was(sample: Sample) -> bool:
    """One effect after a new start, no matter how the last one ended."""
    sample.start("worker")
    eventually(lambda: sample.scalar("SELECT count(*) FROM inbox") > 0)
    return sample.effects() == 1


def test_the_batch_in_hand_is_finished_first(sample: Sample) -> None:
    with a_batch_that_waits(sample):
        ask_to_stop(sample)
        assert sample.processes["worker"].poll() is None

    assert how_it_ended(sample) == 0
    assert sample.effects() == 1


def test_a_batch_that_cannot_be_finished_is_left_when_the_grace_is_over(sample: Sample) -> None:
    sample.environment["FRIST_GRACE_SECONDS"] = "1"
    with a_batch_that_waits(sample):
        ask_to_stop(sample)
        assert how_it_ended(sample) == GRACE_EXCEEDED_EXIT_CODE

    assert goes_on_where_it_was(sample)


def test_who_is_asked_twice_ends_at_once(sample: Sample) -> None:
    sample.environment["FRIST_GRACE_SECONDS"] = NEVER
    with a_batch_that_waits(sample):
        ask_to_stop(sample)
        with pytest.raises(subprocess.TimeoutExpired):
            sample.processes["worker"].wait(1)
        ask_to_stop(sample)
        assert how_it_ended(sample) == GRACE_EXCEEDED_EXIT_CODE

    assert goes_on_where_it_was(sample)
