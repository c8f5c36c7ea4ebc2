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


class Watchdog:
    """Watches from a thread of its own; `threads` gives real ones where the usual ones are green."""

    def __init__(self, silence_seconds: float, threads: ModuleType = threading) -> None:
        self._silence_seconds = silence_seconds
        self._watched: dict[str, Alive] = {}
        self._stopped = threads.Event()
        self._thread = threads.Thread(target=self._watch, name="watchdog", daemon=True)

    def watch(self, name: str, one: Alive) -> None:
        """Watch over one more."""
        self._watched[name] = one

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Leave the process alone: it ends by itself."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            now = time.monotonic()
            stuck = [name for name, one in self._watched.items() if now - one.last_alive > self._silence_seconds]
            if stuck and not self._stopped.is_set():
                log.critical("watchdog", stuck=stuck, silence_seconds=self._silence_seconds)
                os._exit(WATCHDOG_EXIT_CODE)
