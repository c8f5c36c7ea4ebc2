"""One lane of a relay: what it has in hand on the way from the outbox to its own connection."""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, text

from frist_contracts import Lane, with_position
from messaging import topology
from messaging.errors import BrokerAwayError
from messaging.publisher import Outgoing, Publisher

REFUSED_REST_SECONDS = 1.0
MOST_RESTING = 2_000
"""An event that reached no queue rests for a second and the others go on. When this many rest because nobody has a queue
for them, the oldest are left to the ledger: a subscriber that comes late asks for them, and nobody else waits for it. When
the broker refused this many, all wait.
"""
MOST_REFUSALS = 3
"""A channel that was opened while a queue lost its leader may refuse everything for that queue as long as it lives, with
the new leader elected long ago (RabbitMQ 3.10): after so many refusals of one event another channel is opened."""
CHUNK = 500
"""How many rows are read at once."""
SLICE = 100
"""How many messages are put on the wire before urgent ones are looked for again."""
RESCAN_SECONDS = 2.0
FLOOR_SLACK = 20_000
"""Reading starts this far below the lowest row that waited last, and every two seconds from the very first:
so the dead index entries of a long backlog are not walked through each time, and no late commit is missed."""

_WAITING = {
    lane: text(f"""
        SELECT position, event_id::text, routing_key, envelope FROM outbox
        WHERE published_at IS NULL AND (lane, position) >= ('{lane.value}', :floor) AND lane <= '{lane.value}'
            AND position NOT IN (SELECT unnest(CAST(:in_hand AS bigint[])))
        ORDER BY lane, position LIMIT :limit
    """)
    for lane in Lane
}
"""Asked for in the order of the index of what is unpublished: by `lane = 'bulk' ORDER BY position` a backlog of which the
server knows that it is long is read by the primary key, past everything that has just been published.
"""


class Track:
    """What a relay knows of one lane since it became active.

    An event is in its buffer, in flight, or rests because no queue took it; the rest of the outbox is known to the database.
    """

    def __init__(self, lane: Lane, publisher: Publisher) -> None:
        self.lane = lane
        self.publisher = publisher
        self.buffer: deque[Outgoing] = deque()
        self.resent_at = 0.0
        self.is_resending = False
        self._found = True
        self._floor = self._usual_floor = 0
        self._scanned_at = 0.0
        self._resting: dict[int, float] = {}
        self._unheard: dict[int, None] = {}
        self._refusals: dict[int, int] = {}

    @property
    def is_idle(self) -> bool:
        """Whether the last reading found all there was, and nothing is in hand."""
        return not (self._found or self.buffer or self._resting or self.publisher.in_flight)

    def look_from(self) -> int:
        """From which position on to look; every two seconds it is the very first, until that look has found something or nothing."""
        now = time.monotonic()
        if now - self._scanned_at > RESCAN_SECONDS:
            self._floor, self._scanned_at = 0, now
        return self._floor

    def read(self, connection: Connection) -> None:
        """Take more of the outbox in hand, when there is little and room for it."""
        now = time.monotonic()
        self._resting = {position: until for position, until in self._resting.items() if until > now}
        if not self.may_take or len(self._resting) > MOST_RESTING:
            return
        in_hand = [*self.publisher.in_flight, *(message.key for message in self.buffer), *self._resting]
        values = {"floor": self.look_from(), "in_hand": as_array(in_hand), "limit": CHUNK}
        self._take(connection.execute(_WAITING[self.lane], values).all())

    def _take(self, rows: Sequence[Any]) -> None:
        self._found = len(rows) >= CHUNK
        if rows:
            self._floor = self._usual_floor = max(0, rows[0].position - FLOOR_SLACK)
        else:
            self.found_nothing()
        self.buffer.extend(
            Outgoing(position, topology.EVENTS_EXCHANGE, routing_key, event_id, with_position(envelope, position))
            for position, event_id, routing_key, envelope in rows
        )

    def found_nothing(self) -> None:
        """There was nothing from the floor on: the very first is gone back to no sooner than it is time again."""
        self._floor = self._usual_floor

    def offered(self) -> Iterable[Outgoing]:
        """Put a slice of what is in hand on the wire, as far as there is room; yields each message before it goes."""
        for _ in range(min(SLICE, len(self.buffer), self.publisher.room)):
            message = self.buffer.popleft()
            yield message
            self.publisher.offer(message)

    @property
    def has_room(self) -> bool:
        """Whether anything may be put on the wire now."""
        return self.publisher.room > 0

    @property
    def may_take(self) -> bool:
        """Whether there is little in hand and room for more."""
        return self.has_room and len(self.buffer) <= CHUNK // 2

    @property
    def has_more(self) -> bool:
        """Whether something in hand could be put on the wire at once."""
        return self.has_room and bool(self.buffer)

    def note_published(self, positions: Iterable[int]) -> None:
        """These have reached a queue, some perhaps after they were refused."""
        if self._unheard or self._refusals:
            for position in positions:
                self._unheard.pop(position, None)
                self._refusals.pop(position, None)

    def note_refused(self, refused: Sequence[Outgoing]) -> list[int]:
        """These have not, and rest. Returns the positions that are to be left to the ledger.

        Raises BrokerAwayError when the broker refused one so often that its channel must be to blame.
        """
        until = time.monotonic() + REFUSED_REST_SECONDS
        for message in refused:
            if isinstance(message.key, int):
                self._resting[message.key] = until
                if message.came_back:
                    self._unheard[message.key] = None
                else:
                    self._refusals[message.key] = self._refusals.get(message.key, 0) + 1
        if max(self._refusals.values(), default=0) >= MOST_REFUSALS:
            raise BrokerAwayError(f"the broker refused an event {MOST_REFUSALS} times")
        if len(self._unheard) <= MOST_RESTING:
            return []
        left = list(self._unheard)[: len(self._unheard) // 2]
        for position in left:
            del self._unheard[position]
            self._resting.pop(position, None)
        return left


def as_array(keys: Iterable[Any]) -> str:
    """Those of the keys that are positions, as PostgreSQL reads an array: the driver takes ten times as long over a list."""
    return f"{{{','.join([str(key) for key in keys if isinstance(key, int)])}}}"
