"""Cases in sessions. A booking keeps its id when it moves; the seat it left stays on record as `moved`."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from messaging.sql import text
from services.scheduling.domain.case import Case
from services.scheduling.domain.need import Need
from services.scheduling.domain.placement import Attendance
from services.scheduling.domain.session import Booking, Session

_FIRST_FREE_SEAT = """
    (SELECT min(n) FROM generate_series(1, :seats) n WHERE NOT EXISTS (
        SELECT 1 FROM bookings b WHERE b.session_id = :session_id AND b.seat_number = n
          AND b.state IN ('held', 'booked', 'attended', 'no_show')))
"""

_ADD = text(f"""
    INSERT INTO bookings (booking_id, case_id, programme_id, organisation_id, session_id, seat_number, state, topics,
                          language, level, starts_at, ends_at, booked_at)
    SELECT :booking_id, :case_id, :programme_id, :organisation_id, :session_id, {_FIRST_FREE_SEAT}, 'booked',
           CAST(:topics AS text[]), :language, :level, :starts_at, :ends_at, :booked_at
""")

_MOVE = text(f"""
    WITH left_behind AS (
        INSERT INTO left_seats (booking_id, revision, session_id, seat_number, moved_by, moved_at)
        SELECT booking_id, revision, session_id, seat_number, :moved_by, :moved_at FROM bookings
        WHERE booking_id = :booking_id
    )
    UPDATE bookings SET session_id = :session_id, seat_number = {_FIRST_FREE_SEAT}, revision = revision + 1,
        starts_at = :starts_at, ends_at = :ends_at, topics = CAST(:topics AS text[]), language = :language,
        level = :level, booked_at = :moved_at
    WHERE booking_id = :booking_id
""")

_CANCEL = text("""
    UPDATE bookings SET state = 'cancelled', revision = revision + 1, reason = :reason
    WHERE booking_id = :booking_id
""")

_RECORD = text("""
    UPDATE bookings SET state = :state, recorded_at = :recorded_at, recorded = CAST(:recorded AS jsonb)
    WHERE booking_id = :booking_id
""")

_COLUMNS = """booking_id, case_id, programme_id, session_id, seat_number, state, revision, topics, language,
              starts_at, ends_at"""


class BookingRepository:
    """Reads and writes bookings."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, booking_id: str, case: Case, session: Session, now: datetime) -> None:
        """Put the case on the lowest free seat of a session that has been taken for it."""
        self._connection.execute(_ADD, {"booking_id": booking_id, "booked_at": now, **_seat(case, session)})

    def move(self, booking_id: str, case: Case, session: Session, moved_by: str, now: datetime) -> None:
        """Put the booking on a seat of another session that has been taken for it."""
        facts = {"booking_id": booking_id, "moved_by": moved_by, "moved_at": now}
        self._connection.execute(_MOVE, {**facts, **_seat(case, session)})

    def cancel(self, booking_id: str, reason: str) -> None:
        """End the booking; its seat is free again."""
        self._connection.execute(_CANCEL, {"booking_id": booking_id, "reason": reason})

    def set_topics(self, booking_id: str, need: Need) -> None:
        """The case needs something else of the same seat."""
        statement = text("""
            UPDATE bookings SET topics = CAST(:topics AS text[]), language = :language, level = :level
            WHERE booking_id = :booking_id""")
        facts = {"topics": sorted(need.topics), "language": need.language, "level": need.level}
        self._connection.execute(statement, {"booking_id": booking_id, **facts})

    def record(self, booking_id: str, attendance: Attendance, now: datetime) -> None:
        """Keep what the coach recorded."""
        recorded = {
            "outcomes": [vars(outcome) for outcome in attendance.outcomes],
            "rebook": attendance.rebook,
        }
        state = "attended" if attendance.attended else "no_show"
        facts = {"booking_id": booking_id, "state": state, "recorded_at": now, "recorded": json.dumps(recorded)}
        self._connection.execute(_RECORD, facts)

    def recorded(self, booking_id: str) -> dict[str, Any]:
        """What was recorded of a booking."""
        statement = text("SELECT recorded FROM bookings WHERE booking_id = :booking_id")
        return self._connection.execute(statement, {"booking_id": booking_id}).scalar() or {}

    def achieved_by(self, case_id: str) -> set[str]:
        """The topics that the case achieved in any of its sessions."""
        statement = text("""
            SELECT outcome->>'topic' FROM bookings, jsonb_array_elements(recorded->'outcomes') AS outcome
            WHERE case_id = :case_id AND state = 'attended' AND outcome->'achieved' = 'true'""")
        return set(self._connection.execute(statement, {"case_id": case_id}).scalars())

    def get(self, booking_id: str) -> Booking | None:
        """A booking by its id."""
        return self._one("booking_id = :value", booking_id)

    def live_of_case(self, case_id: str) -> Booking | None:
        """The booking of a case that lies ahead, or is not recorded yet."""
        return self._one("case_id = :value AND state IN ('held', 'booked')", case_id)

    def live_of_session(self, session_id: str) -> list[Booking]:
        """The bookings of a session that are not recorded yet."""
        statement = text(f"""
            SELECT {_COLUMNS} FROM bookings WHERE session_id = :session_id AND state IN ('held', 'booked')
            ORDER BY seat_number""")
        return [_booking(row) for row in self._connection.execute(statement, {"session_id": session_id}).mappings()]

    def live_of_coach(self, coach_id: str, now: datetime) -> list[Booking]:
        """The bookings ahead of a coach, the earliest first."""
        statement = text(f"""
            SELECT {", ".join(f"b.{name.strip()}" for name in _COLUMNS.split(","))}
            FROM sessions s JOIN bookings b ON b.session_id = s.session_id
            WHERE s.coach_id = :coach_id AND s.starts_at > :now AND b.state IN ('held', 'booked')
            ORDER BY s.starts_at, b.seat_number""")
        return [
            _booking(row) for row in self._connection.execute(statement, {"coach_id": coach_id, "now": now}).mappings()
        ]

    def attended_in(self, session_id: str) -> tuple[int, int]:
        """How many of a session's bookings attended, and how many are not recorded."""
        statement = text("""
            SELECT count(*) FILTER (WHERE state = 'attended') AS attended,
                   count(*) FILTER (WHERE state IN ('held', 'booked')) AS unrecorded
            FROM bookings WHERE session_id = :session_id""")
        row = self._connection.execute(statement, {"session_id": session_id}).one()
        return row.attended, row.unrecorded

    def missed_after(self, booking: Booking) -> int:
        """How many later sessions the booking's case did not come to."""
        statement = text("""
            SELECT count(*) FROM bookings
            WHERE case_id = :case_id AND state = 'no_show' AND starts_at > :starts_at""")
        facts = {"case_id": booking.case_id, "starts_at": booking.starts_at}
        return int(self._connection.execute(statement, facts).scalar_one())

    def is_elsewhere(self, booking: Booking) -> bool:
        """Whether the booking's organisation has, or went to, another session at that time."""
        statement = text("""
            SELECT EXISTS (
                SELECT FROM bookings o JOIN bookings b ON b.booking_id = :booking_id
                WHERE o.organisation_id = b.organisation_id AND o.booking_id <> b.booking_id
                  AND o.state IN ('held', 'booked', 'attended')
                  AND tstzrange(o.starts_at, o.ends_at) && tstzrange(b.starts_at, b.ends_at))""")
        return bool(self._connection.execute(statement, {"booking_id": booking.booking_id}).scalar_one())

    def _one(self, where: str, value: str) -> Booking | None:
        statement = text(f"SELECT {_COLUMNS} FROM bookings WHERE {where}")
        row = self._connection.execute(statement, {"value": value}).mappings().first()
        return _booking(row) if row else None


def _seat(case: Case, session: Session) -> dict[str, Any]:
    return {
        "case_id": case.case_id,
        "programme_id": case.programme_id,
        "organisation_id": case.organisation_id,
        "session_id": session.session_id,
        "seats": session.seats,
        "topics": sorted(case.need.topics),
        "language": case.need.language,
        "level": case.need.level,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
    }


def _booking(row: Any) -> Booking:
    return Booking(**{**row, "topics": tuple(row["topics"])})
