"""Wakes the timers of a worker whose clock is driven, so that a rehearsal need not wait for their intervals.

It rings when the clock was moved, when somebody asks (`NOTIFY frist_bell`), and when a timer did something that another
timer may go on with. With a real clock nobody rings or listens, and timers keep their intervals.
"""

import threading
from typing import Any

import psycopg
from sqlalchemy import URL

from messaging.clock import DRIVEN
from messaging.database import Database
from messaging.logs import logger

log = logger(__name__)

CHANNEL = "frist_bell"
LISTEN_SECONDS = 0.5


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
        while not self._stopping:
            try:
                self._listen(database.engine.url.set(drivername="postgresql"))
            except psycopg.Error as error:
                log.warning("bell_cannot_listen", error=repr(error))
                threading.Event().wait(1)

    def _listen(self, url: URL) -> None:
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self.ring()
            while not self._stopping:
                for _ in connection.notifies(timeout=LISTEN_SECONDS, stop_after=1):
                    self.ring()


bell = Bell()
"""The bell of this process."""
