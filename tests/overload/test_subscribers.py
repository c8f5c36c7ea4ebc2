"""A subscriber that is slow, dead, or not there yet stops neither the producer nor another subscriber."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pika
import pytest

from frist_contracts import CaseClosed, Lane
from messaging.portions import FIRST, LONG_SECONDS, Portion
from messaging.topology import EVENTS_EXCHANGE, binding_key
from messaging.track import MOST_RESTING
from messaging.watchdog import FELL_OVER_EXIT_CODE, LONG_RUN, WATCHDOG_EXIT_CODE
from tests.messaging.conftest import Sample, a_closure, an_answer, eventually
from tests.support.freezing import frozen_process


@pytest.fixture
def reporting(sample: Sample) -> Sample:
    """The producer, which also listens to itself, and closes its pages every second."""
    sample.environment["FRIST_PAGE_SECONDS"] = "1"
    return sample


def test_a_subscriber_that_hangs_delays_nobody_else(reporting: Sample, a_sample: Callable[[str], Sample]) -> None:
    other = a_sample("scheduling")
    reporting.start("worker", "relay")
    other.start("worker")
    eventually(lambda: "consuming" in other.said("worker") and "consuming" in reporting.said("worker"))
    reporting.announce(an_answer())
    eventually(lambda: other.effects() == 1)

    with frozen_process(other.processes["worker"]):
        reporting.announce(*(an_answer() for _ in range(1500)))
        eventually(lambda: reporting.effects() == 1501)
        eventually(lambda: reporting.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0)
        assert other.effects() < 1501

    eventually(lambda: other.effects() >= 1501)
    assert other.scalar("SELECT count(DISTINCT survey_id) FROM effects") == other.effects() == 1501


def test_events_that_nobody_has_a_queue_for_hold_up_no_others_and_reach_who_comes_late(reporting: Sample) -> None:
    unheard = MOST_RESTING + 500
    heard = a_queue_for_closed_cases(reporting)
    with reporting.database.begin() as uow:
        for _ in range(unheard):
            uow.outbox.add(an_answer(), Lane.BULK)
        uow.outbox.add(a_closure(), Lane.BULK)

    reporting.start("relay")

    eventually(lambda: heard.basic_get("heard", auto_ack=True)[0])
    reporting.start("worker")
    eventually(lambda: reporting.effects() >= unheard, 60)
    assert reporting.scalar("SELECT count(DISTINCT survey_id) FROM effects") == reporting.effects() == unheard


def test_a_worker_whose_lane_falls_over_ends_so_that_another_is_started(reporting: Sample) -> None:
    reporting.start("worker", "relay")
    reporting.announce(an_answer())
    eventually(lambda: reporting.effects() == 1)
    reporting.stop("worker")
    reporting.announce(an_answer(score=3))
    eventually(lambda: reporting.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0)
    reporting.execute("ALTER TABLE retries RENAME TO hidden")  # what fails now cannot even be written down

    reporting.start("worker")

    assert reporting.processes.pop("worker").wait(20) == FELL_OVER_EXIT_CODE
    reporting.execute("ALTER TABLE hidden RENAME TO retries")
    reporting.execute("UPDATE behaviour SET behaves = true")
    reporting.start("worker")
    eventually(lambda: reporting.effects() == 2)


SHORT_SILENCE_SECONDS = 4

_SLOW_TICKS = (
    "CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(600); RETURN NEW; END'",
    "CREATE TRIGGER hang BEFORE INSERT ON ticks FOR EACH ROW EXECUTE FUNCTION hang()",
)
_QUICK_TICKS = ("DROP FUNCTION hang CASCADE",)
_SLOW_PAGES = (
    "ALTER TABLE pages RENAME TO hidden",
    """
    CREATE VIEW pages AS SELECT * FROM hidden
    UNION ALL SELECT (nothing).* FROM (SELECT NULL::hidden AS nothing FROM pg_sleep(600) OFFSET 0) AS slept
    """,
)
_QUICK_PAGES = ("DROP VIEW pages", "ALTER TABLE hidden RENAME TO pages")

_WAKE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE wait_event = 'PgSleep' AND datname = current_database()
"""


@contextmanager
def hanging(sample: Sample, slow: Sequence[str], quick: Sequence[str]) -> Iterator[None]:
    """A table that keeps whoever asks for it waiting, and not for a lock."""
    for statement in slow:
        sample.execute(statement)
    try:
        yield
    finally:
        sample.execute(_WAKE)
        for statement in quick:
            sample.execute(statement)


@pytest.mark.parametrize(
    ("slow", "quick", "thread", "clock"),
    [
        (_SLOW_TICKS, _QUICK_TICKS, "timer-tick", "system"),
        (_SLOW_TICKS, _QUICK_TICKS, "rounds", "driven"),
        (_SLOW_PAGES, _QUICK_PAGES, "auditor", "system"),
    ],
)
def test_a_worker_of_which_a_timer_or_the_auditor_hangs_ends(
    reporting: Sample, slow: Sequence[str], quick: Sequence[str], thread: str, clock: str
) -> None:
    reporting.environment |= {"FRIST_SILENCE_SECONDS": str(SHORT_SILENCE_SECONDS), "FRIST_CLOCK": clock}
    with hanging(reporting, slow, quick):
        reporting.start("worker")
        ended = reporting.processes.pop("worker").wait((LONG_RUN + 5) * SHORT_SILENCE_SECONDS)

    assert ended == WATCHDOG_EXIT_CODE
    assert f'"stuck":["{thread}"]' in reporting.said("worker")


def test_a_worker_whose_rounds_fall_over_ends(reporting: Sample) -> None:
    reporting.environment["FRIST_CLOCK"] = "driven"
    reporting.start("worker")
    eventually(lambda: reporting.scalar("SELECT count(*) FROM timers WHERE did = 0"))

    reporting.execute("SELECT pg_notify('frist_bell', 'no time at all')")

    assert reporting.processes.pop("worker").wait(20) == FELL_OVER_EXIT_CODE


def test_a_slow_handler_is_given_its_events_one_by_one_and_a_quick_one_full_batches() -> None:
    slow, quick = Portion(200), Portion(200)

    slow.took(FIRST, FIRST * 1.0)
    for _ in range(10):
        quick.took(quick.size, quick.size * 0.0002)

    assert slow.size == 1
    assert quick.size == 200
    quick.took(200, 2 * LONG_SECONDS)
    assert quick.size == 100


def a_queue_for_closed_cases(sample: Sample) -> pika.adapters.blocking_connection.BlockingChannel:
    """Somebody who listens to closed cases alone."""
    channel = pika.BlockingConnection(pika.URLParameters(sample.environment["FRIST_AMQP_URL"])).channel()
    channel.exchange_declare(EVENTS_EXCHANGE, "topic", durable=True)
    channel.queue_declare("heard")
    channel.queue_bind("heard", EVENTS_EXCHANGE, binding_key(CaseClosed, Lane.BULK))
    return channel
