"""What staff and programs look at: lists, one case's messages, counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select, tuple_

from messaging.remembering import ShortMemory
from messaging.sql import text
from services.notifications.domain.message import Message
from services.notifications.storage.messages import as_message
from services.notifications.storage.positions import position_of
from services.notifications.storage.tables import messages

_BACKLOG = text("""
    SELECT lane AS line, count(*) AS messages FROM messages
    WHERE state = 'planned' AND channel IS DISTINCT FROM 'letter' AND send_after <= :now GROUP BY lane
    UNION ALL SELECT 'letters', count(*) FROM messages WHERE state = 'planned' AND channel = 'letter'
    UNION ALL SELECT 'sending', count(*) FROM messages WHERE state = 'sending'
""")

_COUNTS = text("""
    SELECT split_part(purpose, ':', 1) AS purpose, state, channel, reason, count(*) AS messages FROM messages
    WHERE (CAST(:programme_id AS text) IS NULL OR programme_id = :programme_id)
      AND (CAST(:municipality AS text) IS NULL OR municipality = :municipality)
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
""")


@dataclass(frozen=True)
class Counts:
    """How many messages there were of each purpose, state, channel and reason."""

    counted_at: datetime
    rows: list[dict[str, Any]]


_COUNTED: "ShortMemory[Counts]" = ShortMemory(seconds=60)
"""By municipality: of the four million messages of a campaign, counting takes seconds."""


class Overview:
    """Reading for people."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def page(self, filters: dict[str, str | None], after: tuple[Any, ...], rows: int) -> list[Message]:
        """Messages from the newest on; `filters` by state, purpose, channel, case_id, municipality, reason."""
        query = _filtered(select(messages), filters)
        query = query.order_by(messages.c.created_at.desc(), messages.c.message_id.desc())
        if position := position_of(after):
            columns = tuple_(messages.c.created_at, messages.c.message_id)
            query = query.where(columns < tuple_(*position))
        return [as_message(row) for row in self._connection.execute(query.limit(rows))]

    def get(self, message_id: str) -> Message | None:
        """One message."""
        row = self._connection.execute(select(messages).where(messages.c.message_id == message_id)).first()
        return as_message(row) if row else None

    def counts(self, programme_id: str | None, municipality: str | None) -> list[dict[str, Any]]:
        """How many messages there are of each purpose, state, channel and reason."""
        parameters = {"programme_id": programme_id, "municipality": municipality}
        return [dict(row) for row in self._connection.execute(_COUNTS, parameters).mappings()]

    def recent_counts(self, municipality: str | None) -> Counts:
        """The same for all programmes, as it was within the last minute."""
        return _COUNTED.value(
            self._connection, municipality, lambda: Counts(self._now, self.counts(None, municipality))
        )

    def backlog(self) -> dict[str, int]:
        """What is due and not sent yet, by lane; the letters that wait for the next print run; what is being sent."""
        found = {row.line: row.messages for row in self._connection.execute(_BACKLOG, {"now": self._now})}
        return {line: found.get(line, 0) for line in ("urgent", "bulk", "letters", "sending")}

    def times(self, message_ids: list[str]) -> dict[str, datetime]:
        """When messages were settled."""
        query = select(messages.c.message_id, messages.c.settled_at).where(messages.c.message_id.in_(message_ids))
        return {row.message_id: row.settled_at for row in self._connection.execute(query)}


def _filtered(query: Select[Any], filters: dict[str, str | None]) -> Select[Any]:
    for name, value in filters.items():
        if not value:
            continue
        column = messages.c[name]
        query = query.where(
            column.startswith(f"{value}:") | (column == value) if name == "purpose" else column == value
        )
    return query
