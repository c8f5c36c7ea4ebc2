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

from messaging.database import Database
from messaging.logs import logger
from messaging.process import process_database, process_settings
from messaging.rounds import Turn, rounds, takes_rounds
from messaging.sql import text

log = logger(__name__)


def every(interval: timedelta, handler: Callable[[Any], int], *, if_any: Callable[[Any], bool] | None = None) -> Any:
    """Call `handler(uow)` at intervals, and again at once while it says that it did something.

    Each call is one transaction. With `if_any` it is `handler(database)` instead, which opens its own, for work that talks
    to the outside between them; it is called when `if_any(uow)` says that there may be something to do.
    """

    def timer(self: Any) -> None:
        """Stands on the service class for nameko to find."""

    timer.__doc__ = handler.__doc__
    setattr(timer, ENTRYPOINT_EXTENSIONS_ATTR, {Timer(interval, handler, if_any)})
    return timer


def run_timer(
    database: Database[Any], name: str, handler: Callable[[Any], int], if_any: Callable[[Any], bool] | None = None
) -> int | None:
    """One run: how much was done, or None when another replica is at it."""
    if if_any is None:
        return _run_inside(database, _key(name), handler)
    with database.begin() as uow:
        is_any = if_any(uow)
    return _run_own(database, _key(name), handler) if is_any else 0


def _run_inside(database: Database[Any], key: int, handler: Callable[[Any], int]) -> int | None:
    with database.begin() as uow:
        if not uow.connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": key}).scalar():
            return None
        return handler(uow)


def _run_own(database: Database[Any], key: int, handler: Callable[[Any], int]) -> int | None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar():
            return None
        try:
            return handler(database)
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})


def _key(name: str) -> int:
    return 7_100_000_000 + zlib.crc32(name.encode())


class Timer(Entrypoint):  # type: ignore[misc]
    """A green thread that runs one handler at intervals until the service stops; under a driven clock a turn in its rounds."""

    def __init__(
        self, interval: timedelta, handler: Callable[[Any], int], if_any: Callable[[Any], bool] | None = None
    ) -> None:
        self.interval = interval
        self.handler = handler
        self.if_any = if_any
        self._stopping = False
        self._thread: Any = None
        super().__init__()

    def setup(self) -> None:
        """Called by nameko once, before anything starts."""
        if takes_rounds(process_database()):
            rounds.join(Turn(self.handler, self.if_any))

    def start(self) -> None:
        """Called by nameko when the service starts."""
        settings = process_settings()
        if takes_rounds(process_database()):
            rounds.start(self.container, process_database(), settings.tick_seconds)
        else:
            rest = self.interval.total_seconds() if settings.tick_seconds is None else settings.tick_seconds
            self._thread = self.container.spawn_managed_thread(lambda: self._loop(rest), f"timer-{self.method_name}")

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
            if not self._once():
                self._pause(rest)

    def _once(self) -> int:
        try:
            did = run_timer(process_database(), self.method_name, self.handler, self.if_any)
        except Exception:
            log.exception("timer_failed", timer=self.method_name)
            self._pause(1)
            return 0
        return did or 0

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.2))
