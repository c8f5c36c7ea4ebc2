"""Ends a process that is of no use any more: one that is stuck, because what freezes (a broker, a database, a network) may
keep a thread waiting for ever, and one whose vital thread fell over.

Whoever runs the process starts it again; nothing is lost, what was in hand is done once more.
"""

import os
import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Protocol

from messaging.logs import logger

log = logger(__name__)

WATCHDOG_EXIT_CODE = 70
FELL_OVER_EXIT_CODE = 71
LOOK_SECONDS = 1.0
LONG_RUN = 5
"""So many times the silence may one run of a timer or of the auditor take: it beats only between two of them, and a long list
of people that is placed or written to is no reason to end the process."""


def vital(work: Callable[[], None], name: str) -> Callable[[], None]:
    """The same work, but the process ends with it when it falls over: half a process would look alive and do nothing."""

    def run() -> None:
        try:
            work()
        except Exception:
            log.critical("fell_over", thread=name, exc_info=True)
            os._exit(FELL_OVER_EXIT_CODE)

    return run


class Alive(Protocol):
    """Something that notes when it last got on, by `time.monotonic`."""

    last_alive: float


class Beats:
    """Notes it for work that is a function."""

    def __init__(self) -> None:
        self.last_alive = time.monotonic()

    def beat(self) -> None:
        """It got on."""
        self.last_alive = time.monotonic()


class Watchdog:
    """Watches from a thread of its own; `threads` gives real ones where the usual ones are green."""

    def __init__(self, silence_seconds: float, threads: ModuleType = threading) -> None:
        self._silence_seconds = silence_seconds
        self._watched: dict[str, tuple[Alive, float]] = {}
        self._stopped = threads.Event()
        self._thread = threads.Thread(target=self._watch, name="watchdog", daemon=True)

    def watch(self, name: str, one: Alive, times: int = 1) -> None:
        """Watch over one more, which may be silent so many times as long; not once the watchdog has begun to look."""
        self._watched[name] = (one, times * self._silence_seconds)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Leave the process alone: it ends by itself."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            now = time.monotonic()
            stuck = {name: limit for name, (one, limit) in self._watched.items() if now - one.last_alive > limit}
            if stuck and not self._stopped.is_set():
                log.critical("watchdog", stuck=list(stuck), silence_seconds=min(stuck.values()))
                os._exit(WATCHDOG_EXIT_CODE)
