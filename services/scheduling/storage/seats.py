"""The search for a seat: one indexed query finds and takes the earliest that fits.

Two searches never take the same seat: the row of the session is locked while it is taken, and a row that somebody else
has locked is stepped over, so that searches do not wait for each other.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from messaging.sql import text
from services.scheduling.domain.case import Case
from services.scheduling.domain.session import Session
from services.scheduling.storage.session_rows import PLACE, SESSION, session_of

_FITS = """
    s.programme_id = :programme_id AND s.state = 'open' AND s.taken < s.seats
    AND s.starts_at >= :earliest AND s.ends_at <= :latest
    AND s.form = ANY(CAST(:help_forms AS text[])) AND s.topics @> CAST(:topics AS text[])
    AND :language = ANY(s.languages) AND (s.level IS NULL OR s.level = :level)
    AND NOT EXISTS (
        SELECT 1 FROM bookings o
        WHERE o.organisation_id = :organisation_id AND o.state IN ('held', 'booked', 'attended')
          AND o.starts_at < s.ends_at AND o.ends_at > s.starts_at
          AND NOT (o.case_id = :case_id AND o.state <> 'attended'))
"""

_OWN = "s.municipality = :municipality"
_NEIGHBOURS = "s.municipality = ANY(CAST(:municipalities AS text[]))"
_REACH = "s.municipality = ANY(CAST(:reach AS text[]))"


def _take(where: str) -> Any:
    return text(f"""
        WITH seat AS (
            SELECT s.session_id FROM sessions s WHERE {where} AND {_FITS}
            ORDER BY s.starts_at, s.session_id LIMIT 1 FOR UPDATE SKIP LOCKED
        ), s AS (
            UPDATE sessions t SET taken = t.taken + 1 FROM seat
            WHERE t.session_id = seat.session_id AND t.state = 'open' AND t.taken < t.seats
            RETURNING t.*
        ), told AS (
            INSERT INTO capacity_changes (municipality) SELECT municipality FROM s
        )
        SELECT {SESSION} FROM s {PLACE}
    """)


_TAKE_OWN, _TAKE_NEIGHBOURS = _take(_OWN), _take(_NEIGHBOURS)

_TAKE_THIS = text(f"""
    WITH s AS (
        UPDATE sessions s SET taken = taken + 1 WHERE s.session_id = :session_id AND {_REACH} AND {_FITS} RETURNING *
    ), told AS (
        INSERT INTO capacity_changes (municipality) SELECT municipality FROM s
    )
    SELECT {SESSION} FROM s {PLACE}
""")

_RELEASE = text("""
    WITH freed AS (
        UPDATE sessions SET taken = taken - 1 WHERE session_id = :session_id RETURNING session_id, municipality, state
    ), opened AS (
        INSERT INTO openings (session_id) SELECT session_id FROM freed WHERE state = 'open'
    )
    INSERT INTO capacity_changes (municipality) SELECT municipality FROM freed
""")

_FREE = text(f"""
    SELECT {SESSION} FROM sessions s {PLACE} WHERE {_REACH} AND {_FITS}
      AND (CAST(:form AS text) IS NULL OR s.form = :form)
      AND (CAST(:coach_id AS text) IS NULL OR s.coach_id = :coach_id)
      AND (CAST(:after AS timestamptz) IS NULL OR (s.starts_at, s.municipality <> :municipality, s.session_id) > (
          :after, (SELECT municipality <> :municipality FROM sessions WHERE session_id = :after_id), :after_id))
    ORDER BY s.starts_at, s.municipality <> :municipality, s.session_id LIMIT :limit
""")


class SeatRepository:
    """Finds, takes and frees seats."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take_earliest(self, case: Case, now: datetime) -> Session | None:
        """Take the earliest seat that fits, in the case's own municipality if there is one, else next door."""
        facts = _facts(case, now)
        taken = self._connection.execute(_TAKE_OWN, {**facts, "municipality": case.municipality}).first()
        others = sorted(case.reach - {case.municipality})
        if taken is None and others:
            taken = self._connection.execute(_TAKE_NEIGHBOURS, {**facts, "municipalities": others}).first()
        return session_of(taken) if taken else None

    def take(self, session_id: str, case: Case, now: datetime) -> Session | None:
        """Take a seat in this session; None when it is gone or does not fit."""
        facts = {**_facts(case, now), "session_id": session_id, "reach": sorted(case.reach)}
        taken = self._connection.execute(_TAKE_THIS, facts).first()
        return session_of(taken) if taken else None

    def release(self, session_id: str) -> None:
        """Give a seat back: it is offered to the waiting."""
        self._connection.execute(_RELEASE, {"session_id": session_id})

    def free(
        self,
        case: Case,
        now: datetime,
        *,
        form: str | None = None,
        coach_id: str | None = None,
        after: tuple[datetime, str] | None = None,
        limit: int = 100,
    ) -> list[Session]:
        """The free seats that fit, the earliest first; with a coach only that one's.

        `after` is when the last one seen begins, and its id.
        """
        at, session_id = after or (None, None)
        facts = {**_facts(case, now), "reach": sorted(case.reach), "municipality": case.municipality}
        rows = self._connection.execute(
            _FREE,
            {**facts, "form": form, "coach_id": coach_id, "after": at, "after_id": session_id, "limit": limit},
        )
        return [session_of(row) for row in rows]


def _facts(case: Case, now: datetime) -> dict[str, Any]:
    earliest, latest = case.rules.seat_window(now)
    return {
        "case_id": case.case_id,
        "programme_id": case.programme_id,
        "organisation_id": case.organisation_id,
        "earliest": earliest,
        "latest": latest,
        "help_forms": sorted(case.need.forms),
        "topics": sorted(case.need.topics),
        "language": case.need.language,
        "level": case.need.level,
    }
