"""Closes the pages of a service's outbox; runs in its active relay."""

import time

from sqlalchemy import Connection, text

from frist_contracts import PAGE_CLOSED
from messaging.clock import machine_now
from messaging.horizon import TRANSACTIONS, Horizon
from messaging.journal import Journal
from messaging.ledger import PAGE_POSITIONS, closed_up_to, page_of
from messaging.outbox import Outbox

LOOK_SECONDS = 1.0

_TOP = text(f"SELECT (SELECT coalesce(max(position), 0) FROM outbox) AS position, {TRANSACTIONS}")


class Pager:
    """Follows one outbox and says, page by page, what it holds."""

    def __init__(self, service: str, page_seconds: float) -> None:
        self._service = service
        self._page_seconds = page_seconds
        self._horizon = Horizon()
        self._closed: int | None = None
        self._looked_at = self._closed_at = 0.0

    def look(self, connection: Connection) -> None:
        """Close what is complete, when it is time; a glance each second otherwise. A service without pages has nothing to do."""
        now = time.monotonic()
        if self._service not in PAGE_CLOSED or now - self._looked_at < min(LOOK_SECONDS, self._page_seconds):
            return
        self._looked_at = now
        if self._closed is None:
            self._closed, self._closed_at = closed_up_to(connection), now
        top = connection.execute(_TOP).one()
        complete = self._horizon.reach(top.position, oldest_open=top.oldest_open, next_transaction=top.next_transaction)
        if now - self._closed_at >= self._page_seconds or complete - self._closed >= PAGE_POSITIONS:
            self._closed_at = now
            if complete > self._closed:  # one at a look: counting it holds the relay up
                self._close(connection, self._closed + 1, complete)

    def _close(self, connection: Connection, first: int, complete: int) -> None:
        """Close one page; positions without events (undone transactions, pages) are part of the next that has some."""
        last = min(first - 1 + PAGE_POSITIONS, complete)
        while not (page := page_of(connection, self._service, first, last)).totals:
            if last == complete:
                return
            last = min(last + PAGE_POSITIONS, complete)
        outbox = Outbox(Journal(connection), machine_now)
        outbox.add(page)
        outbox.flush()
        self._closed = last
