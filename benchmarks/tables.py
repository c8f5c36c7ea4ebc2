"""The databases that are measured, and how a rate is read from their rows."""

from collections.abc import Sequence

import psycopg
from sqlalchemy import create_engine

from benchmarks.subject.storage import TABLES
from messaging.settings import sqlalchemy_url
from messaging.tables import metadata

_RATE = """
    WITH bunches AS (SELECT max({instant}) AS at, count(*) AS events FROM {table} WHERE {instant} >= to_timestamp(%(since)s)
                     GROUP BY xmin::text),
         ordered AS (SELECT at, sum(events) OVER (ORDER BY at) AS done FROM bunches),
         warm AS (SELECT at, done FROM ordered WHERE done >= %(skipped)s ORDER BY at LIMIT 1)
    SELECT (max(ordered.done) - min(warm.done)) / nullif(extract(epoch FROM max(ordered.at) - min(warm.at)), 0)
    FROM ordered, warm
"""
"""From the end of one transaction to the end of another, so that no batch is counted in part."""


class Subject:
    """A database of the subject's: the kernel's tables, its own and the peers'."""

    def __init__(self, url: str) -> None:
        self.url = url
        engine = create_engine(sqlalchemy_url(url))
        metadata.create_all(engine)
        engine.dispose()
        self.execute(TABLES)

    def empty(self) -> None:
        """Begin a round with nothing in it."""
        kernel = ("outbox", "inbox", "retries", "parked", "pages", "audited", "resends")
        self.execute(f"TRUNCATE {', '.join((*kernel, 'waiting_list', 'plain_inbox'))} RESTART IDENTITY")

    def rate(self, table: str, instant: str, skipped: int, since: float = 0.0) -> float:
        """Rows a second by the database's clock, without the first ones (a process that has started still warms up)."""
        statement = _RATE.format(table=table, instant=instant)
        found = self.scalar(statement, {"skipped": skipped, "since": since})
        if not found:
            raise AssertionError(f"too few rows of {table} were written to say how fast")
        return found

    def count(self, table: str) -> int:
        """How many rows a table has; in an outbox those that handlers put there, not what the ledger says by itself."""
        own = " WHERE type NOT LIKE '%.page_closed.v1' AND type NOT LIKE '%.resend_requested.v1'"
        return int(self.scalar(f"SELECT count(*) FROM {table}{own if table == 'outbox' else ''}"))

    def check(self, tables: Sequence[str], events: int) -> None:
        """Each event had its effect once, and nothing failed; raises AssertionError."""
        counts = {table: self.count(table) for table in (*tables, "retries", "parked")}
        if counts != dict.fromkeys(tables, events) | {"retries": 0, "parked": 0}:
            raise AssertionError(f"{events} events went in, and this came of them: {counts}")

    def scalar(self, statement: str, values: dict[str, object] | None = None) -> float:
        """The one number that a statement gives; 0 for none."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(statement.encode(), values).fetchone()
        return float(row[0] or 0) if row else 0.0

    def execute(self, statements: str) -> None:
        """Some statements at once."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statements.encode())
