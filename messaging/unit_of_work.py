"""A unit of work: one transaction, its business time and its way out."""

from datetime import datetime

from sqlalchemy import Connection

from messaging.journal import Journal
from messaging.outbox import Outbox


class UnitOfWork:
    """What a handler is given to read and write with. A service's subclass adds its repositories.

    Only the kernel commits: a handler that returns has agreed, one that raises has undone everything.
    """

    def __init__(self, connection: Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.journal = Journal(connection)
        self.outbox = Outbox(self.journal, now)
