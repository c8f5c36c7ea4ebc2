"""Processes die and stop: nothing is lost, nothing takes effect twice, SIGTERM always ends a worker."""

import socket
import time
from typing import Any

from sqlalchemy import text

from messaging.clock import machine_now, set_business_time
from messaging.database import Database
from messaging.rounds import Turn, run_round
from messaging.unit_of_work import UnitOfWork
from tests.messaging.conftest import Sample, an_answer, eventually
from tests.messaging.sample_handlers import tick


def test_killed_workers_and_relays_lose_nothing_and_repeat_nothing(sample: Sample) -> None:
    sample.start("worker")
    eventually(lambda: "sample.bulk" in sample.said("worker"))  # without a ledger it must have a queue by now
    sample.start("relay")
    sample.announce(*(an_answer() for _ in range(3000)))
    for _ in range(3):
        seen = sample.effects()
        eventually(lambda seen=seen: sample.effects() > seen)
        sample.kill("worker")
        sample.kill("relay")
        sample.start("worker", "relay")

    eventually(lambda: sample.effects() >= 3000, 60)

    eventually(lambda: sample.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0)
    assert sample.effects() == 3000
    assert sample.scalar("SELECT count(DISTINCT survey_id) FROM effects") == 3000


def test_two_workers_share_the_work_and_two_relays_take_turns(sample: Sample) -> None:
    sample.start("worker-1", "worker-2", "relay-1", "relay-2")

    sample.announce(*(an_answer() for _ in range(1000)))
    eventually(lambda: sample.effects() == 1000)
    sample.kill("relay-1")
    sample.announce(*(an_answer() for _ in range(100)))

    eventually(lambda: sample.effects() == 1100)


def test_a_worker_that_is_asked_to_stop_ends_in_seconds(sample: Sample) -> None:
    sample.start("worker", "relay")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1)

    started = time.monotonic()

    assert sample.stop("worker") == 0
    assert sample.stop("relay") == 0
    assert time.monotonic() - started < 8


def test_a_worker_without_a_broker_still_obeys(sample: Sample) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        sample.environment["FRIST_AMQP_URL"] = f"amqp://guest:guest@127.0.0.1:{nobody.getsockname()[1]}/frist"
        sample.start("worker", "relay")
        for _ in range(4):
            nobody.accept()[0].close()

        assert sample.stop("worker") == 0
        assert sample.stop("relay") == 0


def test_while_the_database_is_away_nothing_is_acknowledged(sample: Sample) -> None:
    sample.start("worker", "relay")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1)
    name = sample.database.engine.url.database
    with sample.database.begin() as uow:
        for _ in range(200):
            uow.outbox.add(an_answer())
        uow.connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()"
            ),
            {"name": name},
        )

    eventually(lambda: sample.effects() == 201, 30)

    assert sample.scalar("SELECT count(*) FROM retries") == 0


def test_under_a_driven_clock_timers_take_turns_and_a_round_notes_what_it_did(sample: Sample) -> None:
    url = sample.environment["FRIST_SAMPLE_DATABASE_URL"]
    database = Database("sample", url, UnitOfWork, "driven")
    now = machine_now().replace(year=2013)
    with database.begin() as uow:
        set_business_time(uow.connection, now)
    asked, ticked = list[bool](), text("SELECT count(*) FROM ticks")

    def send(of: Database[Any]) -> int:
        asked.append(of is database)
        return 0

    def is_any(uow: UnitOfWork) -> bool:
        return not asked and uow.connection.execute(ticked).scalar_one() == 1

    turns = [Turn(tick), Turn(send, is_any)]
    assert [run_round(database, turns), run_round(database, turns)] == [1, 0]

    assert asked == [True], "after the others, and not again when it has nothing to do"
    assert sample.scalar("SELECT ticked_at FROM ticks") == now
    assert sample.scalar("SELECT did FROM timers WHERE worked_at < ran_at") == 0
    database.dispose()


def test_a_round_that_failed_proves_nothing(sample: Sample) -> None:
    database = Database("sample", sample.environment["FRIST_SAMPLE_DATABASE_URL"], UnitOfWork, "driven")

    def fail(_: UnitOfWork) -> int:
        raise ValueError("nobody is at home")

    assert run_round(database, [Turn(tick), Turn(fail)]) == 0
    assert sample.scalar("SELECT count(*) FROM timers") == 0
    assert run_round(database, [Turn(tick)]) == 0, "its first turn was a transaction of its own"
    assert sample.scalar("SELECT did FROM timers") == 0
    database.dispose()
