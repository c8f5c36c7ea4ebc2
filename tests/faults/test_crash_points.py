"""Wherever a process dies between statement, commit, publish, confirm and acknowledgement: nothing lost, nothing twice."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pika
import pika.exceptions
import pytest

from tests.faults.points import POINTS
from tests.faults.postgres_proxy import AnswerLosingProxy
from tests.messaging.conftest import ROOT, Sample, an_answer, eventually

ANSWERS = 5
SERVICE = "reporting"
"""The sample service hears what it says itself."""


@pytest.fixture
def sample(a_sample: Callable[[str], Sample]) -> Sample:
    sample = a_sample(SERVICE)
    sample.environment["FRIST_PAGE_SECONDS"] = "1"
    return sample


@pytest.fixture
def proxied(sample: Sample) -> Iterator[tuple[Sample, AnswerLosingProxy]]:
    """The same service, whose processes reach their database through a proxy."""
    name = f"FRIST_{SERVICE.upper()}_DATABASE_URL"
    proxy = AnswerLosingProxy().start()
    sample.environment[name] = proxy.before(sample.environment[name])
    yield sample, proxy
    proxy.stop()


def crashing(sample: Sample, point: str, mark: Path) -> str:
    """Start the process that will die at the point; the name it goes by."""
    role = POINTS[point].process
    sample.begin(role, "tests.faults.crashing", CRASH_AT=point, CRASH_MARK=str(mark))
    return role


def dies_there(sample: Sample, role: str, mark: Path) -> None:
    code = sample.processes[role].wait(30)
    assert code == -signal.SIGKILL
    assert mark.exists(), "it died before it came to the point"
    del sample.processes[role]


def everything_took_effect_once(sample: Sample, answers: int = ANSWERS) -> None:
    """Each answer counted once, what it caused said once, and nothing left to do."""
    eventually(lambda: sample.effects() >= answers, 40)
    eventually(lambda: sample.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0)
    eventually(lambda: sample.scalar("SELECT count(*) FROM retries") == 0, 40)
    eventually(lambda: sample.scalar("SELECT count(*) FROM inbox WHERE type LIKE '%no_address_left%'") >= answers)
    assert sample.effects() == answers
    assert sample.scalar("SELECT count(DISTINCT survey_id) FROM effects") == answers
    assert sample.scalar("SELECT count(*) FROM outbox WHERE type LIKE '%no_address_left%'") == answers
    assert sample.scalar("SELECT count(*) FROM parked") == 0


def queues_are_there(sample: Sample) -> bool:
    with pika.BlockingConnection(pika.URLParameters(sample.environment["FRIST_AMQP_URL"])) as connection:
        try:
            connection.channel().queue_declare(f"{SERVICE}.bulk", passive=True)
        except pika.exceptions.ChannelClosedByBroker:
            return False
        return True


def in_a_hurry(sample: Sample) -> None:
    """What a lease or a growing wait holds back is due now."""
    sample.execute("UPDATE retries SET due_at = clock_timestamp()")


@pytest.mark.parametrize(
    "point",
    [
        "committed, not published",
        "published, not confirmed",
        "confirmed, not marked",
        "admitted, not handled",
        "handled, its events not stored",
        "its events stored, not committed",
        "its events committed, nothing else ended",
        "committed, not acknowledged",
    ],
)
def test_dying_anywhere_on_the_way_loses_nothing_and_repeats_nothing(
    sample: Sample, tmp_path: Path, point: str
) -> None:
    role = crashing(sample, point, tmp_path / "mark")
    sample.start({"relay": "worker", "worker": "relay"}[role])
    eventually(lambda: queues_are_there(sample))
    sample.announce(*(an_answer() for _ in range(ANSWERS)))
    dies_there(sample, role, tmp_path / "mark")

    sample.start(role)

    everything_took_effect_once(sample)


def test_what_was_not_committed_never_was(sample: Sample, tmp_path: Path) -> None:
    role = crashing(sample, "stored, not committed", tmp_path / "mark")
    dies_there(sample, role, tmp_path / "mark")

    sample.start("worker", "relay")
    sample.announce(an_answer())

    everything_took_effect_once(sample, 1)


def test_dying_after_a_failure_was_noted_tries_again_once(sample: Sample, tmp_path: Path) -> None:
    role = crashing(sample, "to be tried again, not acknowledged", tmp_path / "mark")
    sample.start("relay")
    sample.announce(an_answer(score=3))
    dies_there(sample, role, tmp_path / "mark")
    assert sample.scalar("SELECT attempts FROM retries") == 1

    sample.execute("UPDATE behaviour SET behaves = true")
    sample.start("worker")

    everything_took_effect_once(sample, 1)


def test_dying_with_a_retry_in_hand_puts_it_back_later(sample: Sample, tmp_path: Path) -> None:
    sample.start("worker")
    role = crashing(sample, "retry leased, not put back", tmp_path / "mark")
    sample.announce(an_answer(score=3))
    dies_there(sample, role, tmp_path / "mark")
    assert sample.scalar("SELECT due_at > clock_timestamp() + interval '30 seconds' FROM retries")

    sample.execute("UPDATE behaviour SET behaves = true")
    in_a_hurry(sample)
    sample.start("relay")

    everything_took_effect_once(sample, 1)


def test_dying_while_alone_with_a_suspect_tries_it_again(sample: Sample, tmp_path: Path) -> None:
    """A first worker dies with the events in hand, a second with the first of them alone."""
    sample.start("relay")
    sample.announce(*(an_answer() for _ in range(ANSWERS)))
    for point in ("admitted, not handled", "begun alone, not handled"):
        mark = tmp_path / point
        dies_there(sample, crashing(sample, point, mark), mark)
    assert sample.scalar("SELECT deaths FROM retries") == 1

    sample.start("worker")

    everything_took_effect_once(sample)


def test_dying_in_the_middle_of_a_resend_is_asked_for_again(sample: Sample, tmp_path: Path) -> None:
    sample.start("worker", "relay")
    sample.announce(*(an_answer() for _ in range(ANSWERS)))
    everything_took_effect_once(sample)
    sample.kill("relay")
    role = crashing(sample, "resend noted as done, not published", tmp_path / "mark")
    sample.execute("DELETE FROM effects")
    sample.execute("DELETE FROM outbox WHERE type LIKE '%no_address_left%'")
    sample.execute("DELETE FROM inbox WHERE type NOT LIKE '%page_closed%'")
    dies_there(sample, role, tmp_path / "mark")
    assert sample.effects() == 0

    sample.start("relay")

    everything_took_effect_once(sample)


@pytest.mark.parametrize(
    ("statement", "at_commit"),
    [("INSERT INTO inbox", True), ("UPDATE outbox SET published_at", False)],
    ids=["of a batch", "that marks what was confirmed"],
)
def test_a_lost_answer_repeats_nothing(
    proxied: tuple[Sample, AnswerLosingProxy], statement: str, *, at_commit: bool
) -> None:
    sample, proxy = proxied
    proxy.lose(statement, at_commit=at_commit)
    sample.start("worker", "relay")

    sample.announce(*(an_answer() for _ in range(ANSWERS)))

    everything_took_effect_once(sample)
    assert proxy.lost == 1


def test_a_failure_whose_note_was_committed_without_an_answer_is_tried_again(
    proxied: tuple[Sample, AnswerLosingProxy],
) -> None:
    sample, proxy = proxied
    proxy.lose("INSERT INTO retries")
    sample.start("worker", "relay")
    sample.announce(an_answer(score=3))
    eventually(lambda: proxy.lost == 1)

    sample.execute("UPDATE behaviour SET behaves = true")

    everything_took_effect_once(sample, 1)


def test_a_request_whose_commit_got_no_answer_was_made_all_the_same(
    proxied: tuple[Sample, AnswerLosingProxy],
) -> None:
    """Its caller cannot know, and asks again under the same key: see the idempotency tests of the web."""
    sample, proxy = proxied
    proxy.lose("INSERT INTO outbox")
    command = [sys.executable, "-m", "tests.faults.announcing", SERVICE]

    announced = subprocess.run(command, cwd=ROOT, env=sample.environment, capture_output=True, check=False, text=True)
    sample.start("worker", "relay")

    assert announced.returncode == 1
    assert "OperationalError" in announced.stderr
    assert proxy.lost == 1
    everything_took_effect_once(sample, 1)
