"""The subject's table and its repository, written as the services write theirs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, DateTime, MetaData, Table, Text, text

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
_KEEP_ALL = text("""
    INSERT INTO waiting_list AS known (case_id, programme_id, municipality, state, sequence, learnt_at)
    SELECT *, :now FROM unnest(CAST(:case_ids AS text[]), CAST(:programmes AS text[]), CAST(:municipalities AS text[]),
                               CAST(:states AS text[]), CAST(:sequences AS bigint[]))
    ON CONFLICT (case_id) DO UPDATE SET state = excluded.state, sequence = excluded.sequence
    WHERE known.sequence < excluded.sequence
""")


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
        """The same for many in one statement; no case may be among them twice."""
        parameters = {
            "case_ids": [case.case_id for case in cases],
            "programmes": [case.programme_id for case in cases],
            "municipalities": [case.municipality for case in cases],
            "states": [case.state for case in cases],
            "sequences": [case.sequence for case in cases],
            "now": self._now,
        }
        self._journal.connection.execute(_KEEP_ALL, parameters)


class SubjectUnitOfWork(UnitOfWork):
    """A unit of work with the subject's one repository."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        super().__init__(connection, now)
        self.waiting_list = WaitingList(self.journal, now)
