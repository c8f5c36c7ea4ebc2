"""Plants rows straight into the services' databases, with their constraints out of the way: what must never happen."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import text

from messaging.database import Database
from operations.rehearsal.rules.checks import Known, broken_rules
from tests.rehearsal.builders import a_programme

DEFINITION = a_programme().definition
NOON = datetime(2013, 10, 7, 10, tzinfo=UTC)
PROGRAMME = "dk-digital-post-2013"


class Planter:
    """Puts rows into one database, without keys, checks or constraints."""

    def __init__(self, database: Database[Any]) -> None:
        self.url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._database = database
        self._used: set[str] = set()
        self._lift_constraints()

    def put(self, table: str, row: Mapping[str, Any]) -> None:
        """Insert one row; dictionaries become JSON."""
        self._used.add(table)
        with self._database.engine.begin() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            values = [Jsonb(value) if isinstance(value, dict) else value for value in row.values()]
            statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, row)),
                sql.SQL(", ").join(sql.Placeholder() * len(row)),
            )
            raw.execute(statement, values)

    def clear(self) -> None:
        """Take out every row that was put in."""
        with self._database.engine.begin() as connection:
            for table in self._used:
                connection.execute(text(f"TRUNCATE {table}"))
        self._used.clear()

    def close(self) -> None:
        """Let go of the database."""
        self._database.engine.dispose()

    def _lift_constraints(self) -> None:
        with self._database.engine.begin() as connection:
            constraints = connection.execute(
                text("""
                    SELECT conrelid::regclass::text AS at, conname AS name FROM pg_constraint
                    JOIN pg_class c ON c.oid = conrelid
                    WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'x', 'u', 'c')
                    ORDER BY contype = 'f' DESC
                """)
            ).all()
            for row in constraints:
                connection.execute(text(f'ALTER TABLE {row.at} DROP CONSTRAINT "{row.name}" CASCADE'))
            indexes = connection.execute(
                text("""
                    SELECT indexrelid::regclass::text AS name FROM pg_index JOIN pg_class c ON c.oid = indrelid
                    WHERE c.relnamespace = 'public'::regnamespace AND indisunique AND NOT indisprimary
                """)
            ).scalars()
            for name in list(indexes):
                connection.execute(text(f"DROP INDEX {name}"))


def a_session(session_id: str = "session-1", **changed: Any) -> dict[str, Any]:
    """A desk session at noon of a coach in Copenhagen."""
    return {
        "session_id": session_id,
        "programme_id": PROGRAMME,
        "municipality": "dk-0101",
        "form": "desk",
        "coach_id": "coach-1",
        "coach_number": 1,
        "venue_id": "library",
        "room_number": None,
        "starts_at": NOON,
        "ends_at": NOON + timedelta(minutes=45),
        "day": NOON.date(),
        "seats": 1,
        "taken": 1,
        "level": None,
        "languages": ["da"],
        "topics": ["digital_mailbox"],
        "made_by": "availability",
    } | changed


def a_booking(booking_id: str = "booking-1", **changed: Any) -> dict[str, Any]:
    """A booking of that session."""
    return {
        "booking_id": booking_id,
        "case_id": f"case-of-{booking_id}",
        "programme_id": PROGRAMME,
        "organisation_id": f"organisation-of-{booking_id}",
        "session_id": "session-1",
        "seat_number": 1,
        "state": "booked",
        "topics": ["digital_mailbox"],
        "language": "da",
        "level": "beginner",
        "starts_at": NOON,
        "ends_at": NOON + timedelta(minutes=45),
        "booked_at": NOON - timedelta(days=3),
    } | changed


def a_coach(coach_id: str = "coach-1", **changed: Any) -> dict[str, Any]:
    """A coach who speaks Danish and gives desk help and courses."""
    return {
        "coach_id": coach_id,
        "name": "Mette Holm",
        "email": f"{coach_id}@example.dk",
        "home_municipality": "dk-0101",
        "municipalities": ["dk-0101"],
        "languages": ["da"],
        "forms": ["desk", "course"],
    } | changed


def a_need(case_id: str, **changed: Any) -> dict[str, Any]:
    """A case as scheduling knows it: a beginner who accepts a desk or a course."""
    return {
        "case_id": case_id,
        "programme_id": PROGRAMME,
        "municipality": "dk-0101",
        "levels": {"digital_signature": 0, "digital_mailbox": 1},
        "topics": ["digital_mailbox"],
        "help_forms": ["desk", "course"],
        "language": "da",
        "level": "beginner",
    } | changed


def a_message(message_id: str, **changed: Any) -> dict[str, Any]:
    """A session reminder that was sent at noon."""
    return {
        "message_id": message_id,
        "case_id": "case-1",
        "programme_id": PROGRAMME,
        "municipality": "dk-0101",
        "purpose": "session_reminder",
        "text": "session_reminder",
        "parameters": {},
        "lane": "bulk",
        "sequence": 1,
        "channel": "email",
        "state": "sent",
        "send_after": NOON,
        "useless_after": NOON + timedelta(days=1),
        "created_at": NOON,
        "settled_at": NOON,
    } | changed


Planters = dict[str, Planter]


def broken(services: Planters, organisations: int = 0, **known: Any) -> list[str]:
    """The rules that are broken by what was planted."""
    urls = {name: planter.url for name, planter in services.items()}
    return [breach.rule for breach in broken_rules(urls, DEFINITION, Known(organisations, **known))[1]]


def a_case(number: int, **changed: Any) -> dict[str, Any]:
    """A case of one and the same organisation, obliged."""
    return {
        "case_id": f"00000000-0000-7000-8000-00000000000{number}",
        "programme_id": PROGRAMME,
        "organisation_id": "dk-cvr-99000000",
        "municipality": "dk-0101",
        "kind": "company",
        "opened_at": NOON,
        "changed_at": NOON,
    } | changed


def a_told_case(number: int, **changed: Any) -> dict[str, Any]:
    """The same case as reporting has it."""
    return {
        "case_id": f"00000000-0000-7000-8000-00000000000{number}",
        "programme_id": PROGRAMME,
        "municipality": "dk-0101",
        "state": "obliged",
        "sequence": 1,
        "erased": False,
    } | changed


def an_event(type_name: str, sequence: int) -> dict[str, Any]:
    """A published event about case-1 in a service's log."""
    return {
        "event_id": "00000000-0000-7000-8000-0000000000ff",
        "type": type_name,
        "subject": "case-1",
        "municipality": "dk-0101",
        "lane": "urgent",
        "private": False,
        "routing_key": type_name,
        "envelope": f'{{"sequence": {sequence}}}',
        "published_at": NOON,
    }
