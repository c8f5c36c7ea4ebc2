"""Starts and stops a worker; its own, because nameko's swallows SIGTERM while the broker is away.

SIGTERM or SIGINT sets a flag; the main green thread sees it, lets the batches in hand finish, and ends. A
second signal, or the end of the grace time, ends the process at once: nothing is lost, only done again.
"""

import importlib
import os
import signal
import sys
import time
import warnings
from types import FrameType
from typing import TYPE_CHECKING, Any

from messaging.starting import starting

if TYPE_CHECKING:
    from messaging.watchdog import Watchdog

GRACE_EXCEEDED_EXIT_CODE = 75


def run_worker(service: str, service_class: str) -> None:
    """Run the nameko service named `package.module:Class` until a signal ends it.

    Must be the first thing a process does: green sockets and psycopg's wait function are chosen before anything
    is imported that would bind the blocking ones.
    """
    with starting():
        container, watchdog, signals = _made_ready(service, service_class)
    _serve(container, watchdog, signals)


def _made_ready(service: str, service_class: str) -> tuple[Any, "Watchdog", "Signals"]:
    """The nameko container of the service, in a process that is set up for it, who watches it, and what it will be stopped by."""
    become_green()
    from eventlet.patcher import original  # noqa: PLC0415
    from nameko.containers import ServiceContainer  # noqa: PLC0415

    from messaging import metrics  # noqa: PLC0415
    from messaging.database import Database  # noqa: PLC0415
    from messaging.logs import configure_logs  # noqa: PLC0415
    from messaging.process import configure_process  # noqa: PLC0415
    from messaging.settings import MessagingSettings  # noqa: PLC0415
    from messaging.tracing import configure_tracing  # noqa: PLC0415
    from messaging.watchdog import Watchdog  # noqa: PLC0415

    settings = MessagingSettings.load(service)
    configure_logs(service, "worker", settings.log_level)
    module, _, name = service_class.partition(":")
    cls: Any = getattr(importlib.import_module(module), name)
    if own := getattr(cls, "settings", None):
        own.load()  # what is wrong with them is said now, not when they are first needed
    watchdog = Watchdog(
        settings.silence_seconds, original("threading")
    )  # a real thread runs when the green ones are stuck
    # The watchdog is to have no reason to take a table that somebody has locked for being stuck.
    lock_seconds = settings.silence_seconds / 3
    database = Database(service, settings.database_url, cls.unit_of_work, settings.clock, 10, lock_seconds=lock_seconds)
    configure_process(settings, database, watchdog)
    metrics.serve(settings.metrics_port)
    configure_tracing(service, "worker", is_wanted=settings.is_traced)
    return ServiceContainer(cls, config={"serializer": "json"}), watchdog, Signals(settings.grace_seconds)


def become_green() -> None:
    """Have green threads give way wherever this process waits, for sockets as for PostgreSQL; once more changes nothing."""
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"
    os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet  # noqa: PLC0415

    eventlet.monkey_patch()
    import psycopg.waiting  # noqa: PLC0415

    from messaging import green_waiting  # noqa: PLC0415

    if psycopg.waiting.wait not in {psycopg.waiting.wait_selector, green_waiting.wait}:
        sys.exit("psycopg was imported before the launcher: its wait would block every green thread")
    green_waiting.install()


def _serve(container: Any, watchdog: "Watchdog", signals: "Signals") -> None:
    from messaging.logs import logger  # noqa: PLC0415

    log = logger(__name__)
    container.start()
    watchdog.start()
    log.info("worker_started")
    while not signals.received:
        time.sleep(0.1)
    watchdog.stop()
    container.stop()
    log.info("worker_stopped")


class Signals:
    """Notes SIGTERM and SIGINT, and ends a process that does not end itself within the grace time."""

    def __init__(self, grace_seconds: float) -> None:
        self.received = False
        self._grace_seconds = grace_seconds
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        signal.signal(signal.SIGALRM, self._give_up)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.received:
            self._give_up(_number, _frame)
        self.received = True
        signal.setitimer(signal.ITIMER_REAL, self._grace_seconds)

    def _give_up(self, _number: int, _frame: FrameType | None) -> None:
        os._exit(GRACE_EXCEEDED_EXIT_CODE)
