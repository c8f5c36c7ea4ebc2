"""How a session is read from a row: the columns every query on sessions selects."""

from typing import Any

from services.scheduling.domain.session import Session

SESSION = """
    s.session_id, s.programme_id, s.municipality, s.form, s.coach_id, c.name AS coach_name,
    CASE WHEN s.form = 'visit' THEN '' ELSE v.name END AS venue_name,
    CASE WHEN s.form = 'visit' THEN '' ELSE v.address END AS venue_address,
    s.starts_at, s.ends_at, s.day, s.seats, s.taken, s.level, s.languages, s.topics, s.state, s.reason
"""
"""A visit takes place at the organisation: its address is personal and never part of a session."""

PLACE = "JOIN coaches c ON c.coach_id = s.coach_id JOIN venues v ON v.venue_id = s.venue_id"


def session_of(row: Any) -> Session:
    """The session of a row that selected `SESSION`."""
    return Session(
        session_id=row.session_id,
        programme_id=row.programme_id,
        municipality=row.municipality,
        form=row.form,
        coach_id=row.coach_id,
        coach_name=row.coach_name,
        venue_name=row.venue_name,
        venue_address=row.venue_address,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        day=row.day,
        seats=row.seats,
        taken=row.taken,
        level=row.level,
        languages=tuple(row.languages),
        topics=tuple(row.topics),
        state=row.state,
        reason=row.reason,
    )
