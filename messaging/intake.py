"""What arrives on a lane's connection, read by a green thread of its own while the worker applies what came before.

So a worker's one processor reads and decodes the next events while the database writes the last ones. The thread also beats:
without that both sides would take the other for dead after two heartbeats of a slow batch, and each lost connection counts
as a failed delivery for everything in hand. How much it reads ahead is bounded by the prefetch.
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from eventlet.event import Event

from messaging.delivery import Message
from messaging.fairness import give_way
from messaging.incoming import read_ahead
from messaging.pulse import Tending

FRAMES_AT_ONCE = 60
"""About twenty messages; then the other green threads have their turn."""
LONGEST_REST_SECONDS = 5.0


class Arrival(NamedTuple):
    """A message as the broker knows it, and as it is delivered."""

    raw: Any
    message: Message


class Intake(Tending):
    """The messages that have arrived and were not taken yet; `check_on` is called by the reading thread at intervals."""

    def __init__(
        self, connection: Any, opened: Callable[[Any], Message], heartbeat_seconds: float, check_on: Callable[[], None]
    ) -> None:
        super().__init__(connection, heartbeat_seconds)
        self._opened = opened
        self._check_on = check_on
        self._arrived: list[Arrival] = []
        self._news: Any = None

    def __len__(self) -> int:
        return len(self._arrived)

    def put(self, raw: Any) -> None:
        """Called with each message that the broker delivers; opening it decodes it."""
        self._arrived.append(Arrival(raw, self._opened(raw)))
        self._tell()

    def take(self, most: int) -> list[Arrival]:
        """The oldest of what has arrived."""
        taken, self._arrived[:most] = self._arrived[:most], []
        return taken

    def wait(self, seconds: float) -> bool:
        """Whether something arrives within so many seconds; raises as `check` does."""
        before = len(self._arrived)
        self.check()
        self._news = Event()
        self._news.wait(seconds)
        self._news = None
        self.check()
        return len(self._arrived) > before

    def _tell(self) -> None:
        if self._news is not None and not self._news.ready():
            self._news.send()

    def _run(self) -> None:
        super()._run()
        self._tell()

    def _tend(self) -> None:
        read_ahead(self._connection.connection.transport)
        while True:
            self._check_on()
            self._read_until(time.monotonic() + min(self._rest, LONGEST_REST_SECONDS))
            self._connection.heartbeat_check()

    def _read_until(self, due: float) -> None:
        amqp = self._connection.connection
        read_frame, on_frame = amqp.transport.read_frame, amqp.on_inbound_frame
        while (left := due - time.monotonic()) > 0:
            try:
                with amqp.transport.having_timeout(left):
                    for _ in range(FRAMES_AT_ONCE):
                        on_frame(read_frame())
            except TimeoutError:
                return
            give_way()
