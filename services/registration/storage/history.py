"""What happened to each case: who did what, when, and the state from then on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from messaging.journal import Journal
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

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def add(self, entries: Iterable[HistoryEntry]) -> None:
        """Keep the entries."""
        for entry in entries:
            self._journal.add(case_history, vars(entry))

    def of_case(self, case_id: str) -> list[Row[Any]]:
        """Everything that happened to the case, the newest first."""
        self._journal.make_readable(case_history)
        query = select(case_history).where(case_history.c.case_id == case_id)
        return list(self._journal.connection.execute(query.order_by(case_history.c.entry.desc())))

    def forget_notes(self, case_id: str) -> None:
        """Remove what people wrote in free text; that something happened stays."""
        self._journal.make_readable(case_history)
        forgetting = update(case_history).where(case_history.c.case_id == case_id).values(note=None)
        self._journal.connection.execute(forgetting)
