"""The letter batches: what was printed when, and whose pages must go."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from messaging.sql import text
from services.notifications.domain.message import Message
from services.notifications.storage.messages import as_message
from services.notifications.storage.positions import position_of
from services.notifications.storage.tables import letter_batches, messages

READY = "ready"
STALE = "stale"
REMOVED = "removed"


@dataclass(frozen=True)
class LetterBatch:
    """One PDF and its address index, on disk under its id until `state` is `removed`."""

    batch_id: str
    programme_id: str
    printed_on: date
    part: int
    letters: int
    state: str
    created_at: datetime
    downloaded_at: datetime | None = None


IS_ANY_STALE = f"EXISTS (SELECT FROM letter_batches WHERE state = '{STALE}')"
"""For a timer: whether a batch is to be printed again."""


def is_any_older(days: int) -> str:
    """For a timer: whether `LetterBatches.older_than` so many days would find one."""
    day = f"CAST(CAST(:now AS timestamptz) AT TIME ZONE 'UTC' AS date) - {days}"
    return f"EXISTS (SELECT FROM letter_batches WHERE state <> '{REMOVED}' AND printed_on < {day})"


class LetterBatches:
    """The batches of one unit of work."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def next_part(self, programme_id: str, printed_on: date) -> int:
        """The number of the day's next part, from 1."""
        query = "SELECT coalesce(max(part), 0) + 1 FROM letter_batches WHERE programme_id = :programme_id AND printed_on = :day"
        return int(
            self._connection.execute(text(query), {"programme_id": programme_id, "day": printed_on}).scalar_one()
        )

    def add(self, batch: LetterBatch) -> None:
        """Keep a batch that has been written."""
        self._connection.execute(insert(letter_batches).values(vars(batch)))

    def get(self, batch_id: str) -> LetterBatch | None:
        """One batch."""
        row = self._connection.execute(select(letter_batches).where(letter_batches.c.batch_id == batch_id)).first()
        return _batch(row) if row else None

    def page(self, after: tuple[Any, ...], rows: int) -> list[LetterBatch]:
        """Batches from the newest on."""
        query = select(letter_batches).order_by(letter_batches.c.created_at.desc(), letter_batches.c.batch_id.desc())
        if position := position_of(after):
            columns = tuple_(letter_batches.c.created_at, letter_batches.c.batch_id)
            query = query.where(columns < tuple_(*position))
        return [_batch(row) for row in self._connection.execute(query.limit(rows))]

    def letters_of(self, batch_id: str) -> list[Message]:
        """The letters that are still in a batch, in the order of their pages."""
        query = select(messages).where(messages.c.batch_id == batch_id).order_by(messages.c.page)
        return [as_message(row) for row in self._connection.execute(query)]

    def spoil(self, case_id: str) -> None:
        """The batches with a letter to this case must be printed again without it."""
        inside = select(messages.c.batch_id).where(messages.c.case_id == case_id, messages.c.batch_id.is_not(None))
        self._set_state(letter_batches.c.batch_id.in_(inside) & (letter_batches.c.state == READY), state=STALE)

    def first_stale(self) -> LetterBatch | None:
        """A batch to be printed again."""
        query = select(letter_batches).where(letter_batches.c.state == STALE).limit(1)
        row = self._connection.execute(query.with_for_update(skip_locked=True)).first()
        return _batch(row) if row else None

    def older_than(self, day: date, limit: int) -> list[LetterBatch]:
        """Batches whose files have been kept long enough."""
        query = select(letter_batches).where(letter_batches.c.state != REMOVED, letter_batches.c.printed_on < day)
        return [_batch(row) for row in self._connection.execute(query.limit(limit))]

    def settle(self, batch_id: str, **values: Any) -> None:
        """Change what is said of a batch."""
        self._set_state(letter_batches.c.batch_id == batch_id, **values)

    def mark_downloaded(self, batch_id: str) -> None:
        """Somebody has fetched it to print."""
        self.settle(batch_id, downloaded_at=self._now)

    def _set_state(self, condition: Any, **values: Any) -> None:
        self._connection.execute(update(letter_batches).where(condition).values(**values))


def _batch(row: Row[Any]) -> LetterBatch:
    return LetterBatch(**row._asdict())
