"""Wakes the timers of a worker whose clock is driven, so that a rehearsal need not wait for their intervals.

It rings when the clock was moved, when somebody asked for it (`business_clock.asked_at`), and when a timer did something
that another timer may go on with. With a real clock nobody rings, and timers keep their intervals.
"""

import threading
from typing import Any

from sqlalchemy import text

from messaging.clock import DRIVEN
from messaging.database import Database
from messaging.logs import logger

log = logger(__name__)

LOOK_SECONDS = 0.02
_ASKED = text("SELECT now, asked_at FROM business_clock")


class Bell:
    """One for each worker process."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rung = 0
        self._watched = False
        self._stopping = False

    @property
    def rung(self) -> int:
        """How often it has rung so far."""
        return self._rung

    def ring(self) -> None:
        """Wake everybody who waits."""
        with self._changed:
            self._rung += 1
            self._changed.notify_all()

    def wait(self, since: int, seconds: float) -> None:
        """Return when it has rung since `rung` was `since`, at the latest after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._rung != since or self._stopping, seconds)

    def watch(self, container: Any, database: Database[Any]) -> None:
        """Ring whenever the driven clock says so; the first timer of a process starts this for all."""
        if database.clock == DRIVEN and not self._watched:
            self._watched = True
            container.spawn_managed_thread(lambda: self._look(database), "bell")

    def stop(self) -> None:
        """Let everybody go."""
        self._stopping = True
        self.ring()

    def _look(self, database: Database[Any]) -> None:
        seen: Any = None
        while not self._stopping:
            try:
                with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    while not self._stopping:
                        row = connection.execute(_ASKED).first()
                        if row != seen:
                            seen = row
                            self.ring()
                        self._rest(LOOK_SECONDS)
            except Exception as error:  # noqa: BLE001 - without the database timers fall back on their intervals
                log.warning("bell_cannot_look", error=repr(error))
                self._rest(1)

    def _rest(self, seconds: float) -> None:
        threading.Event().wait(seconds)


bell = Bell()
"""The bell of this process."""
