"""Scheduling's tables. Times are UTC; ids are text; a municipality is its country-prefixed code.

Three exclusion constraints and two unique indexes are the last line of defence of rule 2: a coach, a room and an
organisation never in two places at once, a seat never sold twice, one live booking for a case.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.scheduling.storage import people_tables
from services.scheduling.storage.columns import Instant, Texts, metadata

__all__ = ["EXCLUSIONS", "metadata", "people_tables"]

programmes = Table(
    "programmes",
    metadata,
    Column("programme_id", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("country", Text, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("deadline_at", Instant),
    Column("deadline_passed", Boolean, nullable=False, server_default=text("false")),
    Column("rules", JSONB, nullable=False),
)

municipalities = Table(
    "municipalities",
    metadata,
    Column("code", Text, primary_key=True),
    Column("country", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("neighbours", Texts, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("programme_id", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("organisation_id", Text, nullable=False, server_default=""),
    Column("assessed_sequence", BigInteger, nullable=False, server_default="0"),
    Column("closed_sequence", BigInteger, nullable=False, server_default="0"),
    Column("levels", JSONB, nullable=False, server_default="{}"),
    Column("topics", Texts, nullable=False, server_default="{}"),
    Column("help_forms", Texts, nullable=False, server_default="{}"),
    Column("language", Text, nullable=False, server_default=""),
    Column("level", Text, nullable=False, server_default=""),
    Index("cases_by_programme", "programme_id"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("link_hash", LargeBinary, index=True),
    Column("organisation_name", Text),
    Column("contact_name", Text),
    Column("address", Text),
    Column("phone", Text),
    Column("language", Text),
)

placements = Table(
    "placements",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("programme_id", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("booking_id", Text),
    Column("missed", Integer, nullable=False, server_default="0"),
    Column("wished_at", Instant),
    Column("due_at", Instant, nullable=False),
    Column("first_in_line", Boolean, nullable=False, server_default=text("false")),
    Column("reason", Text, nullable=False, server_default=""),
    Column("looked_at", Instant),
    Index(
        "the_waiting_line",
        "municipality", text("first_in_line DESC"), "due_at", "wished_at", "case_id",
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "waiting_not_looked_at",
        text("first_in_line DESC"), "due_at", "wished_at", "case_id",
        postgresql_where=text("state = 'waiting' AND looked_at IS NULL"),
    ),
)  # fmt: skip

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("programme_id", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("coach_id", Text, ForeignKey("coaches.coach_id"), nullable=False),
    Column("coach_number", BigInteger, nullable=False),
    Column("venue_id", Text, ForeignKey("venues.venue_id"), nullable=False),
    Column("room_number", BigInteger),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("day", Date, nullable=False),
    Column("seats", Integer, nullable=False),
    Column("taken", Integer, nullable=False, server_default="0"),
    Column("level", Text),
    Column("languages", Texts, nullable=False),
    Column("topics", Texts, nullable=False),
    Column("state", Text, nullable=False, server_default="open"),
    Column("reason", Text, nullable=False, server_default=""),
    Column("made_by", Text, nullable=False),
    Index(
        "free_seats",
        "programme_id", "municipality", "starts_at", "session_id",
        postgresql_where=text("state = 'open' AND taken < seats"),
    ),
    Index("sessions_of_municipality", "municipality", "day"),
    Index("sessions_of_coach", "coach_id", "starts_at"),
    Index("sessions_by_day", "day", "session_id"),
    Index("sessions_to_hold", "ends_at", postgresql_where=text("state = 'open' AND taken > 0")),
)  # fmt: skip

bookings = Table(
    "bookings",
    metadata,
    Column("booking_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("programme_id", Text, nullable=False),
    Column("organisation_id", Text, nullable=False),
    Column("session_id", Text, ForeignKey("sessions.session_id"), nullable=False),
    Column("seat_number", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("topics", Texts, nullable=False),
    Column("language", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("booked_at", Instant, nullable=False),
    Column("recorded_at", Instant),
    Column("recorded", JSONB),
    Column("reason", Text, nullable=False, server_default=""),
    Index("one_live_booking_for_a_case", "case_id", unique=True, postgresql_where=text("state IN ('held', 'booked')")),
    Index(
        "a_seat_is_sold_once",
        "session_id", "seat_number",
        unique=True,
        postgresql_where=text("state IN ('held', 'booked', 'attended', 'no_show')"),
    ),
    Index("bookings_of_case", "case_id"),
    Index(
        "bookings_of_organisation",
        "organisation_id", "starts_at",
        postgresql_where=text("state IN ('held', 'booked', 'attended')"),
    ),
    Index("bookings_to_record", "ends_at", postgresql_where=text("state IN ('held', 'booked')")),
)  # fmt: skip

left_seats = Table(
    "left_seats",
    metadata,
    Column("booking_id", Text, ForeignKey("bookings.booking_id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("session_id", Text, nullable=False),
    Column("seat_number", Integer, nullable=False),
    Column("state", Text, nullable=False, server_default="moved"),
    Column("moved_by", Text, nullable=False),
    Column("moved_at", Instant, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    Column("correction_id", BigInteger, Identity(), primary_key=True),
    Column("booking_id", Text, ForeignKey("bookings.booking_id"), nullable=False),
    Column("corrected_at", Instant, nullable=False),
    Column("corrected_by", Text, nullable=False),
    Column("reason", Text),
    Column("was", JSONB, nullable=False),
    Index("corrections_of_booking", "booking_id"),
)
"""What was recorded of a booking before it was put right, by whom and why; an erasure takes the reason."""

openings = Table(
    "openings",
    metadata,
    Column("opening_id", BigInteger, Identity(), primary_key=True),
    Column("session_id", Text, nullable=False),
)

capacity_changes = Table(
    "capacity_changes",
    metadata,
    Column("change_id", BigInteger, Identity(), primary_key=True),
    Column("municipality", Text, nullable=False),
)

capacity_reports = Table(
    "capacity_reports",
    metadata,
    Column("municipality", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("published_at", Instant, nullable=False),
)

EXCLUSIONS = (
    (
        "ALTER TABLE sessions ADD CONSTRAINT a_coach_is_in_one_place EXCLUDE USING gist ("
        "int8range(coach_number, coach_number, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)"
        " WHERE (state <> 'cancelled')"
    ),
    (
        "ALTER TABLE sessions ADD CONSTRAINT a_room_is_used_once EXCLUDE USING gist ("
        "int8range(room_number, room_number, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)"
        " WHERE (state <> 'cancelled' AND room_number IS NOT NULL)"
    ),
    (
        "ALTER TABLE bookings ADD CONSTRAINT an_organisation_is_in_one_place EXCLUDE USING gist ("
        "int8range(hashtextextended(organisation_id, 0), hashtextextended(organisation_id, 0), '[]') WITH &&,"
        " tstzrange(starts_at, ends_at) WITH &&) WHERE (state IN ('held', 'booked', 'attended'))"
    ),
)
"""Constraints over ranges that SQLAlchemy has no words for; the first migration runs them."""
