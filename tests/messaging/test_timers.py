"""Timers: called when something is due, by one replica at a time; under a driven clock in rounds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import psycopg
import pytest
from greenlet import GreenletExit
from sqlalchemy.exc import ProgrammingError

from messaging.clock import machine_now, set_business_time
from messaging.database import Database
from messaging.rounds import Rounds, Turn, run_round
from messaging.timers import run_timer
from messaging.unit_of_work import UnitOfWork
from operations.ledger.queries import ASK_TIMERS
from tests.messaging.conftest import Sample
from tests.messaging.sample_handlers import tick
from tests.support.waiting import eventually

STANDING = datetime(2013, 10, 1, 12, tzinfo=UTC)


@pytest.fixture
def driven(sample: Sample) -> Iterator[Database[Any]]:
    """The sample's database under a driven clock, which stands in 2013."""
    database = Database("sample", sample.environment["FRIST_SAMPLE_DATABASE_URL"], UnitOfWork, "driven")
    with database.begin() as uow:
        set_business_time(uow.connection, STANDING)
    yield database
    database.dispose()


def test_under_a_driven_clock_timers_take_turns_and_a_round_notes_what_it_did(
    sample: Sample, driven: Database[Any]
) -> None:
    given = list[Any]()

    def send(of: Database[Any]) -> int:
        given.append(of)
        return 0

    once = "(SELECT count(*) = 1 FROM ticks)"
    turns = [Turn(send, due=once, own_transactions=True), Turn(tick, due=f"NOT {once}")]
    assert [run_round(driven, turns), run_round(driven, turns)] == [1, 0]

    assert given == [driven], "not before there was something for it"
    assert sample.scalar("SELECT ticked_at FROM ticks") == STANDING
    assert sample.scalar("SELECT did FROM timers WHERE worked_at < ran_at") == 0


def test_what_follows_something_is_looked_for_once_for_each_of_its_values_and_each_time(driven: Database[Any]) -> None:
    looked = list[datetime]()

    def look(uow: UnitOfWork) -> int:
        looked.append(uow.now)
        return 1 if len(looked) == 1 else 0

    turns = [Turn(look, due=":now < '2013-01-01'", follows="(SELECT count(*) FROM ticks)")]
    for _ in range(4):
        run_round(driven, turns)
    assert looked == [STANDING, STANDING], "again after it did something"

    with driven.begin() as uow:
        tick(uow)
    for _ in range(2):
        run_round(driven, turns)
    assert looked[2:] == [STANDING], "once for the new value"

    with driven.begin() as uow:
        set_business_time(uow.connection, STANDING + timedelta(hours=1))
    for _ in range(2):
        run_round(driven, turns)
    assert looked[3:] == [STANDING + timedelta(hours=1)], "once for the new time"


def test_who_asks_while_a_round_is_at_work_is_answered_by_the_next_and_no_other(
    sample: Sample, driven: Database[Any]
) -> None:
    began = list[datetime]()

    def work(_uow: UnitOfWork) -> int:
        began.append(machine_now())
        if len(began) == 1:
            ask()
            return 1
        return 0

    def ask() -> datetime:
        with psycopg.connect(sample.environment["FRIST_SAMPLE_DATABASE_URL"], autocommit=True) as connection:
            at, _ = connection.execute(ASK_TIMERS).fetchone() or (machine_now(), "")
        return at

    def has_rested_since(moment: datetime) -> bool:
        return bool(sample.scalar(f"SELECT count(*) FROM timers WHERE did = 0 AND ran_at > '{moment.isoformat()}'"))

    rounds = Rounds()
    rounds.join(Turn(work))
    thread = Thread(target=rounds._run, args=(driven, 3600))
    thread.start()
    eventually(lambda: len(began) >= 2 and has_rested_since(began[0]), "a round that found nothing")
    asked_at = ask()
    eventually(lambda: has_rested_since(asked_at), "an answer")
    rounds._stopping = True
    thread.join()

    assert len(began) == 3


def test_with_a_real_clock_what_follows_something_is_looked_for_at_every_interval(sample: Sample) -> None:
    follower = Turn(lambda _: 7, due="false", follows="(SELECT count(*) FROM ticks)")

    assert [run_timer(sample.database, "look", follower) for _ in range(2)] == [7, 7]


def test_a_round_that_is_killed_lets_another_replica_have_the_next(driven: Database[Any]) -> None:
    def end(_: UnitOfWork) -> int:
        raise GreenletExit

    with pytest.raises(GreenletExit):
        run_round(driven, [Turn(end)])
    with pytest.raises(ProgrammingError):
        run_round(driven, [Turn(tick, due="EXISTS (SELECT FROM nothing_of_the_kind)")])

    with psycopg.connect(driven.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)) as other:
        assert other.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone() == (0,)


def test_only_one_replica_at_a_time_takes_a_round(sample: Sample, driven: Database[Any]) -> None:
    def look(_: UnitOfWork) -> int:
        assert run_round(driven, [Turn(tick)]) == 0, "somebody else is at it"
        return 0

    run_round(driven, [Turn(look)])

    assert sample.scalar("SELECT count(*) FROM ticks") == 0
    assert run_round(driven, [Turn(tick)]) == 1


def test_a_timer_is_called_only_while_something_is_due(sample: Sample) -> None:
    database = sample.database
    due = Turn(tick, due="(SELECT count(*) < 1 FROM ticks) AND :now > '2013-01-01'")

    assert [run_timer(database, "tick", due) for _ in range(2)] == [1, 0]

    def look(_: Database[Any]) -> int:
        return -1 if run_timer(database, "look", Turn(look, own_transactions=True)) is None else 0

    assert run_timer(database, "look", Turn(look, own_transactions=True)) == -1, "not twice at a time"
    assert run_timer(database, "look", Turn(lambda _: 7, own_transactions=True)) == 7, "the lock is given back"


def test_a_round_that_failed_proves_nothing(sample: Sample, driven: Database[Any]) -> None:
    def fail(_: UnitOfWork) -> int:
        raise ValueError("nobody is at home")

    assert run_round(driven, [Turn(tick), Turn(fail)]) == 0
    assert sample.scalar("SELECT count(*) FROM timers") == 0
    assert run_round(driven, [Turn(tick)]) == 0, "its first turn was a transaction of its own"
    assert sample.scalar("SELECT did FROM timers") == 0
