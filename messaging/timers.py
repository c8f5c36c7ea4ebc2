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
from sqlalchemy import Connection, text

from messaging.bell import bell
from messaging.clock import DRIVEN, machine_now
from messaging.database import Database
from messaging.logs import logger
from messaging.process import process_database, process_settings

log = logger(__name__)

_NOTE = text("""
    INSERT INTO timers (name, ran_at, business_now, did) VALUES (:name, :ran_at, :business_now, :did)
    ON CONFLICT (name) DO UPDATE SET ran_at = excluded.ran_at, business_now = excluded.business_now, did = excluded.did
""")
_LOCK = text("SELECT pg_try_advisory_lock(:key) AS is_mine")
_LOCK_DRIVEN = text("SELECT pg_try_advisory_lock(:key) AS is_mine, (SELECT now FROM business_clock) AS now")
_NOTE_WORK = text("UPDATE timers SET worked_at = clock_timestamp() WHERE name = :name")


def every(interval: timedelta, handler: Callable[[Any], int], *, own_transactions: bool = False) -> Any:
    """Call `handler(uow)` at intervals, and again at once while it says that it did something.

    Each call is one transaction. With `own_transactions` it is `handler(database)` instead, which opens its own:
    for work that talks to the outside between them.
    """

    def timer(self: Any) -> None:
        """Stands on the service class for nameko to find."""

    timer.__doc__ = handler.__doc__
    setattr(timer, ENTRYPOINT_EXTENSIONS_ATTR, {Timer(interval, handler, own_transactions=own_transactions)})
    return timer


def run_timer(
    database: Database[Any], name: str, handler: Callable[[Any], int], *, own_transactions: bool = False
) -> int | None:
    """One run: how much was done, or None when another replica is at it."""
    run = _run_own if own_transactions else _run_inside
    did = run(database, name, handler)
    if did and database.clock == DRIVEN:
        with database.engine.begin() as connection:
            connection.execute(_NOTE_WORK, {"name": name})
    return did


def _run_inside(database: Database[Any], name: str, handler: Callable[[Any], int]) -> int | None:
    ran_at = machine_now()
    with database.begin() as uow:
        if not uow.connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _key(name)}).scalar():
            return None
        did = handler(uow)
        if database.clock == DRIVEN:
            _note(uow.connection, name, ran_at, uow.now, did)
    return did


def _run_own(database: Database[Any], name: str, handler: Callable[[Any], int]) -> int | None:
    is_driven = database.clock == DRIVEN
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        ran_at = machine_now()
        row = connection.execute(_LOCK_DRIVEN if is_driven else _LOCK, {"key": _key(name)}).one()
        if not row.is_mine:
            return None
        try:
            did = handler(database)
            if is_driven:
                _note(connection, name, ran_at, row.now or ran_at, did)
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _key(name)})
    return did


def _note(connection: Connection, name: str, ran_at: Any, business: Any, did: int) -> None:
    connection.execute(_NOTE, {"name": name, "ran_at": ran_at, "business_now": business, "did": did})


def _key(name: str) -> int:
    return 7_100_000_000 + zlib.crc32(name.encode())


class Timer(Entrypoint):  # type: ignore[misc]
    """A green thread that runs one handler at intervals until the service stops."""

    def __init__(self, interval: timedelta, handler: Callable[[Any], int], *, own_transactions: bool = False) -> None:
        self.interval = interval
        self.handler = handler
        self.own_transactions = own_transactions
        self._stopping = False
        self._thread: Any = None
        super().__init__()

    def start(self) -> None:
        """Called by nameko when the service starts."""
        self._thread = self.container.spawn_managed_thread(self._loop, f"timer-{self.method_name}")
        bell.watch(self.container, process_database())

    def stop(self) -> None:
        """Wait for the run in hand."""
        self._stopping = True
        bell.stop()
        self._thread.wait()

    def kill(self) -> None:
        """Stop without waiting."""
        self._stopping = True
        bell.stop()
        self._thread.kill()

    def _loop(self) -> None:
        override = process_settings().tick_seconds
        rest = override if override is not None else self.interval.total_seconds()
        while not self._stopping:
            rung = bell.rung
            if self._once():
                self._wake_others()
            else:
                self._pause(rest, rung)

    def _once(self) -> int:
        try:
            did = run_timer(process_database(), self.method_name, self.handler, own_transactions=self.own_transactions)
        except Exception:
            log.exception("timer_failed", timer=self.method_name)
            self._pause(1, bell.rung)
            return 0
        return did or 0

    def _wake_others(self) -> None:
        """What this timer did may be work for another; only a rehearsal cannot wait for that one's interval."""
        if process_database().clock == DRIVEN:
            bell.ring()

    def _pause(self, seconds: float, rung: int) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and bell.rung == rung and (left := until - time.monotonic()) > 0:
            bell.wait(rung, min(left, 0.2))
