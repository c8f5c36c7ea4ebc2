"""What happened to each case: who did what, when, and the state from then on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from services.registration.storage.tables import case_history


@dataclass(frozen=True)
class HistoryEntry:
    """`what` is a slug, as `registered`; `done_by` is `organisation`, `programme`, `staff:<id>` or `key:<prefix>`."""

    case_id: str
    happened_at: datetime
    what: str
    state: str
    done_by: str
    note: str | None = None


class HistoryRepository:
    """Adds to the history of cases, and reads it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entries: Iterable[HistoryEntry]) -> None:
        """Keep the entries."""
        rows = [vars(entry) for entry in entries]
        if rows:
            self._connection.execute(insert(case_history), rows)

    def of_case(self, case_id: str) -> list[Row[Any]]:
        """Everything that happened to the case, the newest first."""
        query = select(case_history).where(case_history.c.case_id == case_id)
        return list(self._connection.execute(query.order_by(case_history.c.entry.desc())))

    def forget_notes(self, case_id: str) -> None:
        """Remove what people wrote in free text; that something happened stays."""
        self._connection.execute(update(case_history).where(case_history.c.case_id == case_id).values(note=None))
