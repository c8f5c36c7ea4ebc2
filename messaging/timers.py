"""`every`: work that is due by query, done at intervals, by one replica at a time.

class SchedulingTimers:
    allocate = every(timedelta(seconds=1), handlers.allocate_waiting)
"""

import time
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR, Entrypoint
from sqlalchemy import TextClause

from messaging.clock import business_now
from messaging.database import Database
from messaging.logs import logger
from messaging.process import process_database, process_settings, process_watchdog
from messaging.rounds import Turn, rounds, takes_rounds
from messaging.sql import text
from messaging.watchdog import LONG_RUN, vital

log = logger(__name__)


def every(
    interval: timedelta,
    handler: Callable[[Any], int],
    *,
    due: str | None = None,
    follows: str | None = None,
    own_transactions: bool = False,
) -> Any:
    """Call `handler(uow)` at intervals, and again at once while it says that it did something. Each call is one transaction.

    `due` is a condition in SQL, which may name the business time `:now`: only while it holds is there anything to do. Where
    that cannot be said, `follows` is an expression in SQL: there may be something to do once its value or the business time
    has changed, or while `due` holds. It spares a driven clock that stands still; with a real one time always changes. With
    `own_transactions` it is `handler(database)`, for work that talks to the outside between them.
    """

    def timer(self: Any) -> None:
        """Stands on the service class for nameko to find."""

    timer.__doc__ = handler.__doc__
    timer.turn = turn = Turn(handler, due, follows, own_transactions)  # type: ignore[attr-defined]
    setattr(timer, ENTRYPOINT_EXTENSIONS_ATTR, {Timer(interval, turn)})
    return timer


def run_timer(database: Database[Any], name: str, turn: Turn) -> int | None:
    """One run: how much was done, or None when another replica is at it."""
    return (_run_own if turn.own_transactions else _run_inside)(database, _key(name), turn)


def _run_inside(database: Database[Any], key: int, turn: Turn) -> int | None:
    with database.begin() as uow:
        may = uow.connection.execute(_asking(turn, "pg_try_advisory_xact_lock"), {"key": key, "now": uow.now}).scalar()
        return turn.handler(uow) if may else _not_now(may)


def _run_own(database: Database[Any], key: int, turn: Turn) -> int | None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        now = business_now(connection, database.clock)
        may = connection.execute(_asking(turn, "pg_try_advisory_lock"), {"key": key, "now": now}).scalar()
        if not may:
            return _not_now(may)
        try:
            return turn.handler(database)
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})


def _asking(turn: Turn, lock: str) -> TextClause:
    """True when the lock was free, false when not, NULL when there is nothing to do."""
    is_due = "true" if turn.follows else turn.due or "true"  # business time has changed
    return text(f"SELECT CASE WHEN {is_due} THEN {lock}(:key) END")


def _not_now(may: bool | None) -> int | None:
    return 0 if may is None else None


def _key(name: str) -> int:
    return 7_100_000_000 + zlib.crc32(name.encode())


class Timer(Entrypoint):  # type: ignore[misc]
    """A green thread that runs one handler at intervals until the service stops; under a driven clock a turn in its rounds."""

    def __init__(self, interval: timedelta, turn: Turn) -> None:
        self.interval = interval
        self.turn = turn
        self.last_alive = time.monotonic()
        self._stopping = False
        self._thread: Any = None
        super().__init__()

    def setup(self) -> None:
        """Called by nameko once, before anything starts."""
        if takes_rounds(process_database()):
            rounds.join(self.turn)

    def start(self) -> None:
        """Called by nameko when the service starts."""
        settings = process_settings()
        if takes_rounds(process_database()):
            rounds.start(self.container, process_database(), settings.tick_seconds, process_watchdog())
        else:
            rest = self.interval.total_seconds() if settings.tick_seconds is None else settings.tick_seconds
            name = f"timer-{self.method_name}"
            self.last_alive = time.monotonic()
            process_watchdog().watch(name, self, LONG_RUN)
            self._thread = self.container.spawn_managed_thread(vital(lambda: self._loop(rest), name), name)

    def stop(self) -> None:
        """Wait for the run in hand."""
        self._stopping = True
        (self._thread or rounds).wait()

    def kill(self) -> None:
        """Stop without waiting."""
        self._stopping = True
        (self._thread or rounds).kill()

    def _loop(self, rest: float) -> None:
        while not self._stopping:
            self.last_alive = time.monotonic()
            if not self._once():
                self._pause(rest)

    def _once(self) -> int:
        try:
            did = run_timer(process_database(), self.method_name, self.turn)
        except Exception:
            log.exception("timer_failed", timer=self.method_name)
            self._pause(1)
            return 0
        return did or 0

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.2))
            self.last_alive = time.monotonic()
