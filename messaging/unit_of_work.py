"""A unit of work: one transaction, its business time and its way out."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from messaging.journal import Journal
from messaging.outbox import Outbox


class UnitOfWork:
    """What a handler is given to read and write with. A service's subclass adds its repositories.

    Only the kernel commits: a handler that returns has agreed, one that raises has undone everything.
    """

    def __init__(self, connection: Connection, clock: Callable[[], datetime]) -> None:
        self.connection = connection
        self._clock = clock
        self.journal = Journal(connection)
        self.outbox = Outbox(self.journal, lambda: self.now)

    @cached_property
    def now(self) -> datetime:
        """The transaction's business time: one and the same however often it is asked for."""
        return self._clock()
