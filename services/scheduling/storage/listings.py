"""What people look at: a day with who comes, a week of a municipality, the line."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from messaging.sql import text
from services.scheduling.domain.session import Session
from services.scheduling.storage.session_rows import PLACE, SESSION, session_of
from services.scheduling.storage.sessions import GAVE_WAY

_VISITOR = f"""
    SELECT {SESSION}, b.booking_id, b.case_id, b.state AS booking_state, b.topics AS booking_topics,
           b.language AS booking_language, b.level AS booking_level, b.seat_number, b.booked_at, b.recorded, k.levels,
           CASE WHEN ct.sequence > k.assessed_sequence THEN ct.municipality ELSE k.municipality END AS case_municipality,
           ct.organisation_name, ct.contact_name, ct.phone, ct.address
    FROM sessions s {PLACE} JOIN bookings b ON b.session_id = s.session_id
    JOIN cases k ON k.case_id = b.case_id LEFT JOIN contacts ct ON ct.case_id = b.case_id
"""

_FENCED = "(CAST(:fence AS text) IS NULL OR s.municipality = :fence)"

_DAY_OF_COACH = text(f"""
    {_VISITOR} WHERE s.coach_id = :coach_id AND s.day = :day AND b.state IN ('held', 'booked', 'attended', 'no_show')
      AND {_FENCED}
    ORDER BY s.starts_at, b.seat_number
""")

_DAY_OF_ALL = text(f"""
    {_VISITOR} WHERE s.day = :day AND b.state IN ('held', 'booked', 'attended', 'no_show')
      AND {_FENCED}
      AND (s.starts_at, b.booking_id) > (:after_at, :after_id)
    ORDER BY s.starts_at, b.booking_id LIMIT :limit
""")

_OVERDUE = text(f"""
    {_VISITOR} WHERE s.coach_id = :coach_id AND s.day < :day AND b.state IN ('held', 'booked')
      AND {_FENCED}
    ORDER BY s.starts_at, b.seat_number LIMIT 50
""")

_ONE = text(f"{_VISITOR} WHERE b.booking_id = :booking_id")

_OF_SESSION = text(f"""
    {_VISITOR} WHERE b.session_id = :session_id AND b.state IN ('held', 'booked', 'attended', 'no_show')
    ORDER BY b.seat_number
""")

_SESSIONS = text(f"""
    SELECT {SESSION} FROM sessions s {PLACE}
    WHERE s.municipality = :municipality AND s.day BETWEEN :first AND :last
      AND (s.state <> 'cancelled' OR s.reason <> '{GAVE_WAY}' AND EXISTS (SELECT 1 FROM bookings b WHERE b.session_id = s.session_id))
    ORDER BY s.starts_at, c.name, s.session_id
""")

_SESSIONS_OF_COACH = text(f"""
    SELECT {SESSION} FROM sessions s {PLACE}
    WHERE s.coach_id = :coach_id AND s.day = :day AND s.state <> 'cancelled' AND {_FENCED}
    ORDER BY s.starts_at, s.session_id
""")

_LINE = text("""
    SELECT p.case_id, p.municipality, p.reason, p.wished_at, p.due_at, p.first_in_line, c.topics, c.help_forms,
           c.language, c.level, ct.organisation_name, ct.phone,
           ct.address IS NULL AND 'visit' = ANY(c.help_forms) AS lacks_address,
           row_number() OVER (
               PARTITION BY p.municipality ORDER BY p.first_in_line DESC, p.due_at, p.wished_at, p.case_id) AS place
    FROM placements p JOIN cases c ON c.case_id = p.case_id LEFT JOIN contacts ct ON ct.case_id = p.case_id
    WHERE p.state = 'waiting' AND p.municipality = :municipality
    ORDER BY place OFFSET :skip LIMIT :limit
""")

_WAITING = text("SELECT count(*) FROM placements WHERE state = 'waiting' AND municipality = :municipality")

_COUNTRY = text("""
    SELECT m.code, m.name, COALESCE(sum(s.seats), 0) AS seats, COALESCE(sum(s.taken), 0) AS taken,
           (SELECT count(*) FROM placements p WHERE p.state = 'waiting' AND p.municipality = m.code) AS waiting
    FROM municipalities m
    LEFT JOIN sessions s ON s.municipality = m.code AND s.day BETWEEN :first AND :last AND s.state <> 'cancelled'
    GROUP BY m.code, m.name ORDER BY m.name
""")

LAST_PLACE = 1_000_000
"""No line is longer: a place beyond it was made up."""


@dataclass(frozen=True)
class Visitor:
    """A booking with who comes, from which municipality, and what they need; names and phone are None once erased."""

    booking_id: str
    case_id: str
    municipality: str
    state: str
    topics: tuple[str, ...]
    levels: dict[str, int]
    language: str
    level: str
    booked_at: datetime
    organisation_name: str | None
    contact_name: str | None
    phone: str | None
    address: str | None
    recorded: dict[str, Any] | None
    session: Session


class Listings:
    """Reads days, weeks and the line."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def day_of_coach(self, coach_id: str, day: date, fence: str | None) -> list[Visitor]:
        """Who comes to a coach on a local day, in the order of the day; in one municipality unless `fence` is None."""
        return self._visitors(_DAY_OF_COACH, coach_id=coach_id, day=day, fence=fence)

    def overdue(self, coach_id: str, day: date, fence: str | None) -> list[Visitor]:
        """Who was to come before that day and is not recorded; in one municipality unless `fence` is None."""
        return self._visitors(_OVERDUE, coach_id=coach_id, day=day, fence=fence)

    def day_of_all(self, day: date, fence: str | None, after: tuple[datetime, str], limit: int) -> list[Visitor]:
        """Who comes to whom on a local day, all coaches, page by page."""
        after_at, after_id = after
        facts = {"day": day, "fence": fence, "after_at": after_at, "after_id": after_id, "limit": limit}
        return self._visitors(_DAY_OF_ALL, **facts)

    def visitor(self, booking_id: str) -> Visitor | None:
        """One booking with who comes."""
        return next(iter(self._visitors(_ONE, booking_id=booking_id)), None)

    def visitors_of_session(self, session_id: str) -> list[Visitor]:
        """Everybody with a seat in a session."""
        return self._visitors(_OF_SESSION, session_id=session_id)

    def sessions(self, municipality: str, first: date, last: date) -> list[Session]:
        """A municipality's sessions on local days, cancelled ones only if somebody lost a seat in them."""
        facts = {"municipality": municipality, "first": first, "last": last}
        return [session_of(row) for row in self._connection.execute(_SESSIONS, facts)]

    def sessions_of_coach(self, coach_id: str, day: date, fence: str | None) -> list[Session]:
        """A coach's sessions on a local day; in one municipality unless `fence` is None."""
        facts = {"coach_id": coach_id, "day": day, "fence": fence}
        return [session_of(row) for row in self._connection.execute(_SESSIONS_OF_COACH, facts)]

    def line(self, municipality: str, after: object, limit: int) -> list[Any]:
        """A municipality's waiting list in its order, with each one's place; after what is no place it begins anew."""
        skip = after if isinstance(after, int) and 0 <= after <= LAST_PLACE else 0
        facts = {"municipality": municipality, "skip": skip, "limit": limit}
        return list(self._connection.execute(_LINE, facts))

    def waiting(self, municipality: str) -> int:
        """How many stand in a municipality's line."""
        return int(self._connection.execute(_WAITING, {"municipality": municipality}).scalar_one())

    def country(self, first: date, last: date) -> list[Any]:
        """Seats, takings and waiting of every municipality on local days."""
        return list(self._connection.execute(_COUNTRY, {"first": first, "last": last}))

    def _visitors(self, statement: Any, **facts: Any) -> list[Visitor]:
        return [_visitor(row) for row in self._connection.execute(statement, facts)]


def _visitor(row: Any) -> Visitor:
    return Visitor(
        booking_id=row.booking_id,
        case_id=row.case_id,
        municipality=row.case_municipality,
        state=row.booking_state,
        topics=tuple(row.booking_topics),
        levels=row.levels,
        language=row.booking_language,
        level=row.booking_level,
        booked_at=row.booked_at,
        organisation_name=row.organisation_name,
        contact_name=row.contact_name,
        phone=row.phone,
        address=row.address,
        recorded=row.recorded,
        session=session_of(row),
    )
