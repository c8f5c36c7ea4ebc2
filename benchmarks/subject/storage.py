"""The subject's table and its repository, written as the services write theirs."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, DateTime, MetaData, Table, Text

from messaging.journal import Journal
from messaging.unit_of_work import UnitOfWork

TABLES = """
CREATE TABLE IF NOT EXISTS waiting_list (
    case_id text PRIMARY KEY, programme_id text NOT NULL, municipality text NOT NULL, state text NOT NULL,
    sequence bigint NOT NULL, learnt_at timestamptz NOT NULL, written_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX IF NOT EXISTS waiting_list_written ON waiting_list (written_at);
CREATE TABLE IF NOT EXISTS plain_inbox (
    event_id uuid PRIMARY KEY, admitted_at timestamptz NOT NULL DEFAULT clock_timestamp());
"""
"""`written_at` is the database's clock: rates are read from it, alike for every contestant. The plain inbox is the
peers'."""

waiting_list = Table(
    "waiting_list",
    MetaData(),
    Column("case_id", Text, primary_key=True),
    Column("programme_id", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("learnt_at", DateTime(timezone=True), nullable=False),
)


class WaitingList:
    """The cases that wait, each in its newest state."""

    def __init__(self, journal: Journal, now: datetime) -> None:
        self._journal = journal
        self._now = now

    def keep(self, case: Any) -> None:
        """Keep one case's state unless a newer one is known."""
        self._journal.keep(
            waiting_list,
            {
                "case_id": case.case_id,
                "programme_id": case.programme_id,
                "municipality": case.municipality,
                "state": case.state,
                "sequence": case.sequence,
                "learnt_at": self._now,
            },
        )

    def keep_all(self, cases: Sequence[Any]) -> None:
        """The same for many, as reporting keeps its rows."""
        for case in cases:
            self.keep(case)


class SubjectUnitOfWork(UnitOfWork):
    """A unit of work with the subject's one repository."""

    def __init__(self, connection: Connection, clock: Callable[[], datetime]) -> None:
        super().__init__(connection, clock)
        self.waiting_list = WaitingList(self.journal, self.now)
