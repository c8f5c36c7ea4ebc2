"""Sessions as such: made in bulk, opened one by one, cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from messaging.identifiers import new_id
from messaging.sql import ago, text
from services.scheduling.domain.availability import Slot
from services.scheduling.domain.session import Session
from services.scheduling.storage.session_rows import PLACE, SESSION, session_of

GAVE_WAY = "gave_way"
"""Why a made session that somebody once had a seat in was cancelled: its hour is the coach's to have again, or to leave."""

_MAKE = text(f"""
    WITH made AS (
        INSERT INTO sessions (session_id, programme_id, municipality, form, coach_id, coach_number, venue_id,
                              room_number, starts_at, ends_at, day, seats, languages, topics, made_by)
        SELECT n.session_id, n.programme_id, v.municipality, n.form, n.coach_id, c.coach_number, n.venue_id,
               r.room_number, n.starts_at, n.ends_at, n.day, n.seats, c.languages, string_to_array(n.topics, ','),
               'availability'
        FROM unnest(
            CAST(:session_ids AS text[]), CAST(:programme_ids AS text[]), CAST(:forms AS text[]),
            CAST(:coach_ids AS text[]), CAST(:venue_ids AS text[]), CAST(:rooms AS text[]),
            CAST(:starts AS timestamptz[]), CAST(:ends AS timestamptz[]), CAST(:days AS date[]),
            CAST(:seats AS integer[]), CAST(:topics AS text[]))
            AS n(session_id, programme_id, form, coach_id, venue_id, room, starts_at, ends_at, day, seats, topics)
        JOIN coaches c ON c.coach_id = n.coach_id
        JOIN venues v ON v.venue_id = n.venue_id AND v.municipality = ANY(c.municipalities)
        LEFT JOIN rooms r ON r.venue_id = n.venue_id AND r.name = n.room
        WHERE NOT EXISTS (
            SELECT 1 FROM sessions s WHERE s.coach_id = n.coach_id AND s.starts_at = n.starts_at
              AND s.state = 'cancelled' AND s.reason NOT IN ('coach_absent', '{GAVE_WAY}'))
        ORDER BY n.starts_at
        ON CONFLICT DO NOTHING
        RETURNING session_id, municipality
    ), opened AS (
        INSERT INTO openings (session_id) SELECT session_id FROM made
    ), told AS (
        INSERT INTO capacity_changes (municipality) SELECT DISTINCT municipality FROM made
    )
    SELECT count(*) FROM made
""")

_OPEN = text("""
    INSERT INTO sessions (session_id, programme_id, municipality, form, coach_id, coach_number, venue_id, room_number,
                          starts_at, ends_at, day, seats, level, languages, topics, made_by)
    SELECT :session_id, :programme_id, v.municipality, :form, c.coach_id, c.coach_number, v.venue_id, :room_number,
           :starts_at, :ends_at, :day, :seats, :level, CAST(:languages AS text[]), CAST(:topics AS text[]), :made_by
    FROM coaches c, venues v WHERE c.coach_id = :coach_id AND v.venue_id = :venue_id
""")

_UNBOOKED = """
    s.coach_id = :coach_id AND s.state = 'open' AND s.taken = 0 AND s.made_by = 'availability'
    AND s.ends_at > :since AND s.starts_at < :until
"""
_EVER_BOOKED = "EXISTS (SELECT 1 FROM bookings b WHERE b.session_id = s.session_id)"

_WITHDRAW = text(f"""
    WITH gone AS (
        DELETE FROM sessions s WHERE {_UNBOOKED} AND NOT {_EVER_BOOKED} RETURNING municipality
    ), gave_way AS (
        UPDATE sessions s SET state = 'cancelled', reason = '{GAVE_WAY}' WHERE {_UNBOOKED} AND {_EVER_BOOKED}
        RETURNING municipality
    )
    INSERT INTO capacity_changes (municipality) SELECT municipality FROM gone UNION SELECT municipality FROM gave_way
""")

_RENEW = text("""
    UPDATE sessions s SET
        languages = CASE s.made_by WHEN 'availability' THEN c.languages
            ELSE ARRAY(SELECT l FROM unnest(s.languages) l WHERE l = ANY(c.languages)) END,
        topics = ARRAY(
            SELECT a.topic FROM accreditations a, programmes p
            WHERE a.coach_id = s.coach_id AND a.expires_on >= s.day AND p.programme_id = s.programme_id
              AND a.topic IN (SELECT t->>'topic' FROM jsonb_array_elements(p.rules->'topics') t)
              AND (s.made_by = 'availability' OR a.topic = ANY(s.topics))
            ORDER BY a.topic)
    FROM coaches c
    WHERE c.coach_id = s.coach_id AND s.coach_id = :coach_id AND s.starts_at > :now AND s.state = 'open'
""")
"""A course was opened for its topics and its language: it can lose some, and gains none."""


_TO_HOLD = """
    FROM sessions s
    WHERE s.state = 'open' AND s.taken > 0 AND s.ends_at < {before} AND NOT EXISTS (
        SELECT 1 FROM bookings b WHERE b.session_id = s.session_id AND b.state IN ('held', 'booked'))
"""


@dataclass(frozen=True)
class Course:
    """A session that somebody opens by hand."""

    session_id: str
    programme_id: str
    form: str
    coach_id: str
    venue_id: str
    room_number: int | None
    starts_at: datetime
    ends_at: datetime
    day: date
    seats: int
    level: str | None
    languages: list[str]
    topics: list[str]
    made_by: str


class SessionRepository:
    """Reads and writes sessions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def make(self, programme_id: str, slots: Sequence[tuple[str, Slot]]) -> int:
        """Make the sessions of (coach id, slot); what exists, or would collide, is left alone. Returns how many."""
        if not slots:
            return 0
        return int(self._connection.execute(_MAKE, _columns(programme_id, slots)).scalar_one())

    def open(self, course: Course) -> None:
        """Add a session; raises IntegrityError when coach or room are busy."""
        self._connection.execute(_OPEN, vars(course))

    def withdraw_unbooked(self, coach_id: str, since: datetime, until: datetime) -> None:
        """Take away the coach's made sessions in a time that nobody has a seat in; those somebody had one in stay on record."""
        self._connection.execute(_WITHDRAW, {"coach_id": coach_id, "since": since, "until": until})

    def renew_promises(self, coach_id: str, now: datetime) -> None:
        """Sessions ahead promise what the coach speaks and is accredited for on their day, no more and no less."""
        self._connection.execute(_RENEW, {"coach_id": coach_id, "now": now})

    def announce_open(self, session_id: str, municipality: str) -> None:
        """The seats of a session are offered to the waiting, and told of."""
        self._connection.execute(
            text("""
                WITH opened AS (INSERT INTO openings (session_id) VALUES (:session_id))
                INSERT INTO capacity_changes (municipality) VALUES (:municipality)"""),
            {"session_id": session_id, "municipality": municipality},
        )

    def get(self, session_id: str) -> Session | None:
        """A session by its id."""
        statement = text(f"SELECT {SESSION} FROM sessions s {PLACE} WHERE s.session_id = :session_id")
        row = self._connection.execute(statement, {"session_id": session_id}).first()
        return session_of(row) if row else None

    def lock(self, session_id: str) -> Session | None:
        """A session, locked: nobody takes or frees a seat in it until the end of the transaction."""
        statement = text(f"SELECT {SESSION} FROM sessions s {PLACE} WHERE s.session_id = :session_id FOR UPDATE OF s")
        row = self._connection.execute(statement, {"session_id": session_id}).first()
        return session_of(row) if row else None

    def of_coach_between(self, coach_id: str, since: datetime, until: datetime) -> list[Session]:
        """The coach's sessions that touch a time and are not cancelled."""
        statement = text(f"""
            SELECT {SESSION} FROM sessions s {PLACE}
            WHERE s.coach_id = :coach_id AND s.ends_at > :since AND s.starts_at < :until AND s.state <> 'cancelled'
            ORDER BY s.starts_at""")
        facts = {"coach_id": coach_id, "since": since, "until": until}
        return [session_of(row) for row in self._connection.execute(statement, facts)]

    def finish(self, session_id: str, state: str, reason: str = "") -> None:
        """The session was cancelled, or held."""
        statement = text("UPDATE sessions SET state = :state, reason = :reason WHERE session_id = :session_id")
        self._connection.execute(statement, {"session_id": session_id, "state": state, "reason": reason})

    def to_hold(self, before: datetime, limit: int) -> list[str]:
        """Sessions over before that, all of whose bookings are recorded but which were not counted as held yet."""
        statement = text(f"SELECT s.session_id {_TO_HOLD.format(before=':before')} ORDER BY s.ends_at LIMIT :limit")
        return list(self._connection.execute(statement, {"before": before, "limit": limit}).scalars())


def is_any_to_hold(after: timedelta) -> str:
    """For a timer: whether `to_hold` would find one that was over so long ago."""
    return f"EXISTS (SELECT {_TO_HOLD.format(before=ago(after))})"


def _columns(programme_id: str, slots: Sequence[tuple[str, Slot]]) -> dict[str, Any]:
    return {
        "session_ids": [new_id() for _ in slots],
        "programme_ids": [programme_id] * len(slots),
        "coach_ids": [coach_id for coach_id, _ in slots],
        "forms": [slot.form for _, slot in slots],
        "venue_ids": [slot.venue_id for _, slot in slots],
        "rooms": [slot.room for _, slot in slots],
        "starts": [slot.starts_at for _, slot in slots],
        "ends": [slot.ends_at for _, slot in slots],
        "days": [slot.day for _, slot in slots],
        "seats": [slot.seats for _, slot in slots],
        "topics": [",".join(slot.topics) for _, slot in slots],
    }
