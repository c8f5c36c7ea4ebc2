"""What waits in the queues, for who watches; the broker is asked only now and then."""

import time

from operations.connection import Platform
from operations.queues import Queues

EVERY_SECONDS = 2.0


class Backlog:
    """The number of messages in each queue, as of a moment ago; nothing when nobody watches."""

    def __init__(self, *, watched: bool) -> None:
        self._watched = watched
        self._asked_at = 0.0
        self._lanes: dict[str, int] = {}

    def __call__(self) -> dict[str, int]:
        """Messages by queue, ready and in hand together."""
        if self._watched and time.monotonic() - self._asked_at > EVERY_SECONDS:
            self._asked_at = time.monotonic()
            states = Queues.of(Platform.find()).states
            self._lanes = {f"{one.service} {one.lane}": (one.ready or 0) + (one.unacked or 0) for one in states}
        return self._lanes
