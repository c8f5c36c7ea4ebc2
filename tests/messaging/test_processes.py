"""Processes die and stop: nothing is lost, nothing takes effect twice, SIGTERM always ends a worker."""

import socket
import time

from sqlalchemy import text

from tests.messaging.conftest import Sample, an_answer, eventually

A_STREAM = 5_000
"""Events enough for the third kill to come in the middle of them."""


def test_killed_workers_and_relays_lose_nothing_and_repeat_nothing(sample: Sample) -> None:
    sample.start("worker")
    eventually(lambda: "sample.bulk" in sample.said("worker"))  # without a ledger it must have a queue by now
    sample.start("relay")
    sample.announce(*(an_answer() for _ in range(A_STREAM)))
    for _ in range(3):
        seen = sample.effects()
        eventually(lambda seen=seen: sample.effects() > seen)
        sample.kill("worker")
        sample.kill("relay")
        sample.start("worker", "relay")

    eventually(lambda: sample.effects() >= A_STREAM, 60)

    eventually(lambda: sample.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0)
    assert sample.effects() == A_STREAM
    assert sample.scalar("SELECT count(DISTINCT survey_id) FROM effects") == A_STREAM


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
