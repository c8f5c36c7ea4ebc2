"""Which municipalities' seats changed, and what is to be told of them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from frist_contracts.scheduling import CapacityDay
from messaging.sql import text

_DUE = text("""
    SELECT d.municipality FROM (SELECT DISTINCT municipality FROM capacity_changes) d
    LEFT JOIN capacity_reports r ON r.municipality = d.municipality
    WHERE r.municipality IS NULL OR r.published_at <= :before OR r.published_at > :now
    ORDER BY d.municipality LIMIT :limit
""")

IS_ANY_TO_BE_TOLD = "EXISTS (SELECT FROM capacity_changes)"
"""For a timer: whether `CapacityRepository.due` may find one."""

_TAKE = text("DELETE FROM capacity_changes WHERE municipality = ANY(CAST(:municipalities AS text[]))")

_REPORT = text("""
    INSERT INTO capacity_reports (municipality, sequence, published_at)
    SELECT municipality, 1, :now FROM unnest(CAST(:municipalities AS text[])) AS due (municipality) ORDER BY municipality
    ON CONFLICT (municipality) DO UPDATE SET sequence = capacity_reports.sequence + 1, published_at = :now
    RETURNING municipality, sequence
""")

_DAYS = text("""
    SELECT municipality, day, form, sum(seats) AS seats, sum(taken) AS taken FROM sessions
    WHERE municipality = ANY(CAST(:municipalities AS text[])) AND programme_id = :programme_id AND day >= :from_day
      AND state <> 'cancelled'
    GROUP BY municipality, day, form ORDER BY municipality, day, form
""")


class CapacityRepository:
    """Remembers changes and sums seats. Changes are only ever appended, so that nobody waits to note one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def changed(self, municipality: str) -> None:
        """Note that a municipality's seats changed."""
        statement = text("INSERT INTO capacity_changes (municipality) VALUES (:municipality)")
        self._connection.execute(statement, {"municipality": municipality})

    def due(self, now: datetime, pause: timedelta, limit: int) -> list[str]:
        """Municipalities with changes that were not told of for as long as `pause`."""
        facts = {"now": now, "before": now - pause, "limit": limit}
        return list(self._connection.execute(_DUE, facts).scalars())

    def report(self, municipalities: Sequence[str], now: datetime) -> dict[str, int]:
        """Take the municipalities' changes off the list; returns the version of what is told next of each."""
        if not municipalities:
            return {}
        self._connection.execute(_TAKE, {"municipalities": list(municipalities)})
        rows = self._connection.execute(_REPORT, {"municipalities": list(municipalities), "now": now})
        return {row.municipality: row.sequence for row in rows}

    def days(self, municipalities: Sequence[str], programme_id: str, from_day: date) -> dict[str, list[CapacityDay]]:
        """Each municipality's seats and taken seats by day and form."""
        facts = {"municipalities": list(municipalities), "programme_id": programme_id, "from_day": from_day}
        found: dict[str, list[CapacityDay]] = {municipality: [] for municipality in municipalities}
        for row in self._connection.execute(_DAYS, facts):
            found[row.municipality].append(CapacityDay(row.day, row.form, row.seats, row.taken))
        return found
