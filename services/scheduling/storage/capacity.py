"""Which municipalities' seats changed, and what is to be told of them."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, text

from frist_contracts.scheduling import CapacityDay

_DUE = text("""
    SELECT d.municipality FROM (SELECT DISTINCT municipality FROM capacity_changes) d
    LEFT JOIN capacity_reports r ON r.municipality = d.municipality
    WHERE r.municipality IS NULL OR r.published_at <= :before OR r.published_at > :now
    ORDER BY d.municipality LIMIT :limit
""")

_REPORT = text("""
    INSERT INTO capacity_reports (municipality, sequence, published_at) VALUES (:municipality, 1, :now)
    ON CONFLICT (municipality) DO UPDATE SET sequence = capacity_reports.sequence + 1, published_at = :now
    RETURNING sequence
""")

_DAYS = text("""
    SELECT day, form, sum(seats) AS seats, sum(taken) AS taken FROM sessions
    WHERE municipality = :municipality AND programme_id = :programme_id AND day >= :from_day AND state <> 'cancelled'
    GROUP BY day, form ORDER BY day, form
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

    def report(self, municipality: str, now: datetime) -> int:
        """Take the changes of a municipality off the list; returns the version of what is told next."""
        statement = text("DELETE FROM capacity_changes WHERE municipality = :municipality")
        self._connection.execute(statement, {"municipality": municipality})
        return int(self._connection.execute(_REPORT, {"municipality": municipality, "now": now}).scalar_one())

    def days(self, municipality: str, programme_id: str, from_day: date) -> list[CapacityDay]:
        """Seats and taken seats of each day and form."""
        facts = {"municipality": municipality, "programme_id": programme_id, "from_day": from_day}
        return [CapacityDay(row.day, row.form, row.seats, row.taken) for row in self._connection.execute(_DAYS, facts)]
