"""The tables of reporting.

A projection's row is made of events alone: no wall clock and no serial number, so that a rebuild gives the same rows.
Rows hold no names and no addresses, only ids, places, states and times.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()


def _instant(name: str) -> "Column[object]":
    return Column(name, DateTime(timezone=True))


def _place() -> "list[Column[object]]":
    """The programme and the municipality that a row counts in."""
    return [Column("programme_id", Text, nullable=False), Column("municipality", Text, nullable=False)]


def _order(*, with_position: bool = False) -> "list[Column[object]]":
    """What decides which of two events about the same thing is the later one."""
    columns: list[Column[object]] = [Column("sequence", BigInteger, nullable=False)]
    if with_position:
        columns.append(Column("position", BigInteger, nullable=False))
    return columns


positions = Table(
    "positions",
    metadata,
    Column("producer", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    _instant("newest_at"),
)
"""How far each producer's events have been counted; written in the transaction that counts them."""

programmes = Table(
    "programmes",
    metadata,
    Column("programme_id", Text, primary_key=True),
    Column("definition", JSONB, nullable=False),
    *_order(with_position=True),
)

municipalities = Table(
    "municipalities",
    metadata,
    Column("code", Text, primary_key=True),
    Column("country", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("population", Integer, nullable=False),
    Column("tile_column", SmallInteger, nullable=False),
    Column("tile_row", SmallInteger, nullable=False),
    Index("municipalities_country", "country"),
)

country_lists = Table(
    "country_lists",
    metadata,
    Column("country", Text, primary_key=True),
    *_order(with_position=True),
)
"""Which import of a country's municipalities the rows above come from."""

cases = Table(
    "cases",
    metadata,
    Column("case_id", Text, primary_key=True),
    *_place(),
    Column("state", Text, nullable=False),
    *_order(),
    _instant("registered_at"),
    _instant("fulfilled_at"),
    Column("erased", Boolean, nullable=False),
)
"""One row for each case: its latest state, and when it was first heard from and first fulfilled."""

placements = Table(
    "placements",
    metadata,
    Column("case_id", Text, primary_key=True),
    *_place(),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    *_order(),
)
"""Where scheduling has each case, and why it waits or has no seat."""

bookings = Table(
    "bookings",
    metadata,
    Column("booking_id", Text, primary_key=True),
    *_place(),
    Column("form", Text, nullable=False),
    Column("state", Text, nullable=False),
    *_order(),
)

topic_outcomes = Table(
    "topic_outcomes",
    metadata,
    Column("booking_id", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    *_place(),
    Column("achieved", Boolean, nullable=False),
    Column("level_before", SmallInteger, nullable=False),
    Column("level_after", SmallInteger, nullable=False),
    *_order(),
)

capacity_days = Table(
    "capacity_days",
    metadata,
    Column("programme_id", Text, primary_key=True),
    Column("municipality", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("form", Text, primary_key=True),
    Column("seats", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    *_order(with_position=True),
)

capacity_announcements = Table(
    "capacity_announcements",
    metadata,
    Column("programme_id", Text, primary_key=True),
    Column("municipality", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("from_day", Date, nullable=False),
)
"""From which day on each announcement speaks, as far as no later one has replaced it altogether."""

sessions_held = Table(
    "sessions_held",
    metadata,
    Column("session_id", Text, primary_key=True),
    *_place(),
    Column("event_id", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("seats", Integer, nullable=False),
    Column("attended", Integer, nullable=False),
    *_order(with_position=True),
    Index("sessions_held_lines", "programme_id", "municipality", "starts_at", "session_id"),
)
"""What subsidies are paid for: each row names the event that earned it."""

messages = Table(
    "messages",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    *_place(),
    Column("purpose", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    _instant("occurred_at"),
    *_order(with_position=True),
)
"""What became of each message on each channel: one that failed as an e-mail may have been sent as a letter."""

lost_addresses = Table(
    "lost_addresses",
    metadata,
    Column("case_id", Text, primary_key=True),
    *_place(),
    *_order(with_position=True),
    Index("lost_addresses_programme", "programme_id"),
)

survey_answers = Table(
    "survey_answers",
    metadata,
    Column("survey_id", Text, primary_key=True),
    *_place(),
    Column("score", SmallInteger, nullable=False),
    Column("first_visit", Boolean, nullable=False),
    *_order(with_position=True),
)

surveys = Table(
    "surveys",
    metadata,
    Column("survey_id", Text, primary_key=True),
    *_place(),
    Column("booking_id", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    _instant("answered_at"),
    Column("comment", Text),
    Index("surveys_case", "case_id"),
    Index("surveys_comments", "programme_id", "municipality", postgresql_where=text("comment IS NOT NULL")),
)
"""Who was asked, and the comments, which stay where they were written. Not a projection: a rebuild leaves it alone."""

reports = Table(
    "reports",
    metadata,
    Column("report_id", Text, primary_key=True),
    Column("programme_id", Text, nullable=False),
    Column("frozen_at", DateTime(timezone=True), nullable=False),
    Column("frozen_by", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Index("reports_programme", "programme_id", "frozen_at"),
)
"""Interim reports. `content` is the canonical JSON itself, so that its SHA-256 can always be checked."""

PROJECTIONS: tuple[Table, ...] = (
    positions,
    programmes,
    municipalities,
    country_lists,
    cases,
    placements,
    bookings,
    topic_outcomes,
    capacity_days,
    capacity_announcements,
    sessions_held,
    messages,
    lost_addresses,
    survey_answers,
)
"""What can be emptied and made again from the events."""

OWN: tuple[Table, ...] = (surveys, reports)
"""What exists only here."""
