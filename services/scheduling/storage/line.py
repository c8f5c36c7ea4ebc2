"""The one waiting list: first whose session was cancelled, then who the deadline presses most, then who asked first.

A free seat goes to the first in line it fits, its own municipality before the neighbours. Each free seat is looked at
once, and each newcomer once more after joining the line, so that nobody's search is repeated for nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, TextClause

from messaging.sql import ago, text
from services.scheduling.domain.session import Session

IS_ANYBODY_TO_LOOK_AT = """
    EXISTS (SELECT FROM openings) OR EXISTS (SELECT FROM placements WHERE state = 'waiting' AND looked_at IS NULL)
"""
"""For a timer: whether a seat was opened, or somebody came into the line."""

_WAITS_SINCE = "state = 'waiting' AND looked_at < {before}"

_TAKE_OPENINGS = text("""
    DELETE FROM openings WHERE opening_id IN (
        SELECT opening_id FROM openings ORDER BY opening_id LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING session_id
""")

_PUT_BACK = text("INSERT INTO openings (session_id) SELECT unnest(CAST(:session_ids AS text[]))")

_WANTED = text("""
    WITH free AS MATERIALIZED (
        SELECT session_id, starts_at, programme_id, municipality, form, languages FROM sessions
        WHERE session_id = ANY(CAST(:session_ids AS text[])) AND state = 'open' AND taken < seats AND starts_at > :now
    ), kinds AS MATERIALIZED (
        SELECT DISTINCT programme_id, municipality, form, languages FROM free
    ), wanted AS MATERIALIZED (
        SELECT k.* FROM kinds k WHERE EXISTS (
            SELECT FROM (
                SELECT k.municipality UNION ALL SELECT code FROM municipalities WHERE k.municipality = ANY(neighbours)
            ) AS near(code)
            JOIN placements p ON p.municipality = near.code JOIN cases c ON c.case_id = p.case_id
            WHERE p.state = 'waiting' AND p.programme_id = k.programme_id
              AND k.form = ANY(c.help_forms) AND c.language = ANY(k.languages))
    )
    SELECT session_id FROM free JOIN wanted USING (programme_id, municipality, form, languages)
    ORDER BY starts_at, session_id
""")
"""Asked for each kind of seat, not for each seat or of the whole line: the first who waits for one answers it."""


def _next(reach: str) -> TextClause:
    """The first in the line of these municipalities whom the session fits."""
    return text(f"""
        SELECT c.case_id
        FROM placements p JOIN cases c ON c.case_id = p.case_id
        WHERE p.state = 'waiting' AND p.programme_id = :programme_id AND {reach}
          AND c.assessed_sequence > c.closed_sequence
          AND :form = ANY(c.help_forms) AND (CAST(:form AS text) <> 'visit' OR EXISTS (
            SELECT 1 FROM contacts k WHERE k.case_id = c.case_id AND k.address IS NOT NULL))
          AND c.topics <@ CAST(:topics AS text[])
          AND c.language = ANY(CAST(:languages AS text[])) AND (CAST(:level AS text) IS NULL OR c.level = :level)
          AND NOT EXISTS (
            SELECT 1 FROM bookings o
            WHERE o.organisation_id = c.organisation_id AND o.state IN ('held', 'booked', 'attended')
              AND o.starts_at < :ends_at AND o.ends_at > :starts_at)
        ORDER BY p.first_in_line DESC, p.due_at, p.wished_at, p.case_id
        LIMIT 1 FOR UPDATE OF c SKIP LOCKED
    """)


_NEXT_HERE = _next("p.municipality = :municipality")
_NEXT_NEAR = _next("p.municipality IN (SELECT code FROM municipalities WHERE :municipality = ANY(neighbours))")
"""Asked for apart, and only when nobody waits here: in one statement the whole line is sorted, seconds when 200,000 wait."""

_NOT_LOOKED_AT = text("""
    WITH newcomers AS (
        SELECT p.case_id FROM placements p JOIN cases c ON c.case_id = p.case_id
        WHERE p.state = 'waiting' AND p.looked_at IS NULL
        ORDER BY p.first_in_line DESC, p.due_at, p.wished_at, p.case_id LIMIT :limit FOR UPDATE OF c SKIP LOCKED
    ), looked AS (
        UPDATE placements p SET looked_at = :now FROM newcomers n JOIN cases c ON c.case_id = n.case_id
        WHERE p.case_id = n.case_id
        RETURNING p.case_id, p.programme_id, p.municipality, p.first_in_line, p.due_at, p.wished_at, c.topics,
                  c.help_forms, c.language, c.level
    )
    SELECT l.case_id, EXISTS (
        SELECT 1 FROM sessions s
        WHERE s.programme_id = l.programme_id AND s.state = 'open' AND s.taken < s.seats AND s.starts_at > :now
          AND s.form = ANY(l.help_forms) AND l.language = ANY(s.languages) AND s.topics @> l.topics
          AND (s.level IS NULL OR s.level = l.level)
          AND s.municipality IN (
              SELECT l.municipality UNION ALL SELECT unnest(neighbours) FROM municipalities WHERE code = l.municipality)
    ) AS hopeful
    FROM looked l ORDER BY l.first_in_line DESC, l.due_at, l.wished_at, l.case_id
""")

_PLACE_IN_LINE = text("""
    SELECT count(*) FROM placements o, placements p
    WHERE p.case_id = :case_id AND p.state = 'waiting' AND o.state = 'waiting' AND o.municipality = p.municipality
      AND (NOT o.first_in_line, o.due_at, o.wished_at, o.case_id)
          <= (NOT p.first_in_line, p.due_at, p.wished_at, p.case_id)
""")


def has_anybody_waited(since: timedelta) -> str:
    """For a timer: whether `WaitingLine.look_again_since` so long ago would find anybody."""
    return f"EXISTS (SELECT FROM placements WHERE {_WAITS_SINCE.format(before=ago(since))})"


@dataclass(frozen=True)
class Opened:
    """Free seats that were looked at: how many, and the sessions somebody in line may want."""

    looked: int
    session_ids: tuple[str, ...]


class WaitingLine:
    """Reads the line and remembers who and what was looked at."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def opened(self, now: datetime, limit: int) -> Opened:
        """Take up to `limit` seats from the list of those that became free."""
        looked = list(self._connection.execute(_TAKE_OPENINGS, {"limit": limit}).scalars())
        if not looked:
            return Opened(0, ())
        wanted = self._connection.execute(_WANTED, {"now": now, "session_ids": looked})
        return Opened(len(looked), tuple(row.session_id for row in wanted))

    def put_back(self, session_ids: Sequence[str]) -> None:
        """These were taken from the list and not offered to the end: they are free still."""
        self._connection.execute(_PUT_BACK, {"session_ids": list(session_ids)})

    def next_for(self, session: Session, *, neighbours: bool) -> str | None:
        """The first in line the session fits, locked, neighbours last; the window of time is the caller's to check."""
        values = {
            "programme_id": session.programme_id,
            "municipality": session.municipality,
            "form": session.form,
            "topics": list(session.topics),
            "languages": list(session.languages),
            "level": session.level,
            "starts_at": session.starts_at,
            "ends_at": session.ends_at,
        }
        found: str | None = self._connection.execute(_NEXT_HERE, values).scalar()
        return self._connection.execute(_NEXT_NEAR, values).scalar() if found is None and neighbours else found

    def newcomers(self, now: datetime, limit: int) -> list[tuple[str, bool]]:
        """Cases not looked at since they joined, in line order, and whether a seat that fits may be free."""
        rows = self._connection.execute(_NOT_LOOKED_AT, {"now": now, "limit": limit})
        return [(row.case_id, row.hopeful) for row in rows]

    def look_again(self, programme_id: str) -> None:
        """Everybody in a programme's line is looked at again: what may be given has changed."""
        statement = text("""
            UPDATE placements SET looked_at = NULL
            WHERE programme_id = :programme_id AND state = 'waiting' AND looked_at IS NOT NULL""")
        self._connection.execute(statement, {"programme_id": programme_id})

    def look_again_since(self, before: datetime) -> int:
        """Whoever was looked at before that is looked at again: a safety net."""
        statement = text(f"UPDATE placements SET looked_at = NULL WHERE {_WAITS_SINCE.format(before=':before')}")
        return self._connection.execute(statement, {"before": before}).rowcount

    def place_of(self, case_id: str) -> int | None:
        """Number k in line for the case's municipality; None when it does not wait."""
        return self._connection.execute(_PLACE_IN_LINE, {"case_id": case_id}).scalar() or None
