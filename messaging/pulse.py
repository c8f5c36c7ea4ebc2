"""Keeps a lane's connection alive while what came back is taken one by one, or waits for a database that is away.

From the first new message on the lane's `Intake` does that.

Without it both sides would take the other for dead after two heartbeats, and each lost connection counts as a failed
delivery for everything in hand: in a long outage of the database innocent events would reach the delivery limit.
"""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Any, Self

import eventlet
from eventlet.semaphore import Semaphore
from kombu.exceptions import KombuError
from kombu.transport.pyamqp import Transport

BROKER_ERRORS: tuple[type[Exception], ...] = (
    OSError,
    KombuError,
    *Transport.connection_errors,
    *Transport.channel_errors,
)
AT_ONCE_SECONDS = 0.0005


class Tending(ABC):
    """A green thread that looks after a lane's connection; whatever it meets, the lane is told by `check`."""

    def __init__(self, connection: Any, heartbeat_seconds: float) -> None:
        self._connection = connection
        self._rest = heartbeat_seconds / 4
        self._lost: Exception | None = None
        self._thread: Any = None

    def __enter__(self) -> Self:
        self._thread = eventlet.spawn(self._run)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.kill()

    def check(self) -> None:
        """Raise what the thread met: then the connection is lost, and what came over it cannot be acknowledged."""
        if self._lost:
            raise self._lost

    def _run(self) -> None:
        try:
            self._tend()
        except Exception as error:  # noqa: BLE001 - the lane raises it, whatever it is
            self._lost = error

    @abstractmethod
    def _tend(self) -> None:
        """Look after the connection until something is raised."""


class Pulse(Tending):
    """A green thread that reads and beats at intervals; whoever uses the connection holds `wire` meanwhile."""

    def __init__(self, connection: Any, heartbeat_seconds: float) -> None:
        super().__init__(connection, heartbeat_seconds)
        self.wire = Semaphore(1)

    def _tend(self) -> None:
        while True:
            eventlet.sleep(self._rest)
            with self.wire:
                self._read()
                self._connection.heartbeat_check()

    def _read(self) -> None:
        try:
            while True:
                self._connection.drain_events(timeout=AT_ONCE_SECONDS)
        except TimeoutError:
            return
