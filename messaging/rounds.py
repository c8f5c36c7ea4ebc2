"""Under a driven clock a worker's timers take turns in one thread: whenever the clock was moved or somebody asks.

A rehearsal cannot wait for intervals, and has to know when nothing is left to do. So a worker listens for
`NOTIFY frist_bell`, asks with one statement which timers have something to do, calls those, again while one of them did
something, and notes when it began the last round and that it found nothing, which it also tells by `NOTIFY frist_rested`.
A call that says in its payload since when it asks, in seconds since 1970, is answered by any round that began later, though
it was heard after that.
It also tells the process's database the time it heard, so that not every transaction has to ask. With a real clock there are
no rounds: each timer keeps its interval.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy import TextClause
from sqlalchemy.exc import SQLAlchemyError

from messaging.clock import BUSINESS_TIME, DRIVEN, business_now, machine_now
from messaging.database import Database
from messaging.logs import logger
from messaging.sql import text
from messaging.watchdog import LONG_RUN, Watchdog, vital

log = logger(__name__)

CHANNEL = "frist_bell"
IDLE_SECONDS = 10.0
"""How long a worker that hears nothing rests between rounds. Long: what a round finds in the middle of a moment of driven time
may come out otherwise than at its end, as a message that a moment later is not worth sending."""
LISTEN_SECONDS = 0.25
LOCK_KEY = 7_100_000_000

_UNLOCK = text("SELECT pg_advisory_unlock(:key)")
_NOTE_AND_UNLOCK = text("""
    WITH noted AS (
        INSERT INTO timers AS known (name, ran_at, business_now, did, worked_at)
        VALUES ('round', :ran_at, :business_now, :did, CASE WHEN :did > 0 THEN clock_timestamp() END)
        ON CONFLICT (name) DO UPDATE SET ran_at = excluded.ran_at, business_now = excluded.business_now, did = excluded.did,
            worked_at = coalesce(excluded.worked_at, known.worked_at)
        RETURNING name
    )
    SELECT pg_advisory_unlock(:key), CASE WHEN :did = 0 THEN pg_notify('frist_rested', '') END FROM noted
""")


@dataclass(eq=False)
class Turn:
    """One timer's part in a round; see `every` for what its facts say."""

    handler: Callable[[Any], int]
    due: str | None = None
    follows: str | None = None
    own_transactions: bool = False
    fruitless: tuple[datetime, Any] | None = None
    """At which business time, and which value of what it follows, it last found nothing."""

    @property
    def questions(self) -> tuple[str, str]:
        """SQL for whether it is to be called in any case, and for what it follows."""
        return self.due or ("false" if self.follows else "true"), self.follows or "NULL"

    def take(self, database: Database[Any], seen: tuple[datetime, Any]) -> int:
        """Call the handler; returns how much it did."""
        if self.own_transactions:
            did = self.handler(database)
        else:
            with database.begin() as uow:
                did = self.handler(uow)
        self.fruitless = None if did else seen
        return did


class Rounds:
    """The rounds of one worker process."""

    def __init__(self) -> None:
        self._turns: list[Turn] = []
        self._thread: Any = None
        self._stopping = False
        self.last_alive = time.monotonic()

    def join(self, turn: Turn) -> None:
        """Take part from the first round on."""
        self._turns.append(turn)

    def start(self, container: Any, database: Database[Any], idle_seconds: float | None, watchdog: Watchdog) -> None:
        """Begin; the first timer of a process starts the rounds for all."""
        if self._thread is None:
            rest = IDLE_SECONDS if idle_seconds is None else idle_seconds
            self.last_alive = time.monotonic()
            watchdog.watch("rounds", self, LONG_RUN)
            self._thread = container.spawn_managed_thread(vital(lambda: self._run(database, rest), "rounds"), "rounds")

    def wait(self) -> None:
        """Begin no other round, and wait for the one in hand."""
        self._stopping = True
        if self._thread is not None:
            self._thread.wait()

    def kill(self) -> None:
        """Stop without waiting."""
        self._stopping = True
        if self._thread is not None:
            self._thread.kill()

    def _run(self, database: Database[Any], rest: float) -> None:
        while not self._stopping:
            self.last_alive = time.monotonic()
            try:
                self._listen(database, rest)
            except (psycopg.Error, SQLAlchemyError) as error:
                log.warning("rounds_cannot_listen", error=repr(error))
                database.heard = None
                time.sleep(1)

    def _listen(self, database: Database[Any], rest: float) -> None:
        url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            is_asked, looked_at = True, machine_now()
            while not self._stopping:
                self.last_alive = time.monotonic()
                did = 0
                if is_asked or (machine_now() - looked_at).total_seconds() > rest:
                    database.heard, looked_at = _business_time(connection), machine_now()
                    did = run_round(database, self._turns)
                is_asked = did > 0 or _hears(connection, min(LISTEN_SECONDS, rest), looked_at)


def run_round(database: Database[Any], turns: Sequence[Turn]) -> int:
    """Ask which timers have something to do, call them, and note it; how much they did, 0 when one failed or another replica
    is at it.
    """
    ran_at = machine_now()
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        now = database.heard or business_now(connection, database.clock)
        *answers, is_mine = connection.execute(_look(turns), {"key": LOCK_KEY, "now": now}).one()
        if not is_mine:
            return 0
        try:
            did = sum(turn.take(database, seen) for turn, seen in _wanted(turns, answers, now))
            noted = {"key": LOCK_KEY, "ran_at": ran_at, "business_now": now, "did": did}
            connection.execute(_NOTE_AND_UNLOCK, noted)
        except BaseException as error:
            with suppress(SQLAlchemyError):  # a connection that is lost has let go of it
                connection.execute(_UNLOCK, {"key": LOCK_KEY})
            if not isinstance(error, Exception):
                raise
            log.exception("round_failed")
            return 0
    return did


def _look(turns: Sequence[Turn]) -> TextClause:
    """The lock comes last: a question that fails leaves it alone."""
    questions = [question for turn in turns for question in turn.questions]
    return text(f"SELECT {', '.join((*questions, 'pg_try_advisory_lock(:key)'))}")


def _wanted(turns: Sequence[Turn], answers: Sequence[Any], now: datetime) -> list[tuple[Turn, tuple[datetime, Any]]]:
    asked = zip(turns, answers[::2], [(now, value) for value in answers[1::2]], strict=True)
    return [(turn, seen) for turn, is_due, seen in asked if is_due or (turn.follows and turn.fruitless != seen)]


def _hears(connection: psycopg.Connection[Any], seconds: float, answered: datetime) -> bool:
    """Whether anybody asks within so many seconds who has not been answered by what began at `answered`."""
    calls = list(connection.notifies(timeout=seconds, stop_after=1))
    return any(not call.payload or float(call.payload) > answered.timestamp() for call in calls)


def _business_time(connection: psycopg.Connection[Any]) -> datetime | None:
    row = connection.execute(BUSINESS_TIME).fetchone()
    return row[0].astimezone(UTC) if row else None


rounds = Rounds()
"""The rounds of this process."""


def takes_rounds(database: Database[Any]) -> bool:
    """Whether the timers of this database's worker take turns instead of keeping their intervals."""
    return database.clock == DRIVEN
