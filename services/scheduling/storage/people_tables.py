"""Tables of who helps, where and when: venues and their rooms, coaches and their weeks."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    Table,
    Text,
    Time,
    UniqueConstraint,
    text,
)

from services.scheduling.storage.columns import Instant, Texts, metadata

venues = Table(
    "venues",
    metadata,
    Column("venue_id", Text, primary_key=True),
    Column("municipality", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("opening", Text, nullable=False),
)

rooms = Table(
    "rooms",
    metadata,
    Column("room_number", BigInteger, Identity(), primary_key=True),
    Column("venue_id", Text, ForeignKey("venues.venue_id"), nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("venue_id", "name"),
)

coaches = Table(
    "coaches",
    metadata,
    Column("coach_id", Text, primary_key=True),
    Column("coach_number", BigInteger, Identity(), unique=True, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("home_municipality", Text, nullable=False, index=True),
    Column("municipalities", Texts, nullable=False),
    Column("languages", Texts, nullable=False),
    Column("forms", Texts, nullable=False),
    Column("fingerprint", Text, nullable=False, server_default=""),
    Column("changed", Boolean, nullable=False, server_default=text("true")),
    Index("coaches_changed", "coach_id", postgresql_where=text("changed")),
)

accreditations = Table(
    "accreditations",
    metadata,
    Column("coach_id", Text, ForeignKey("coaches.coach_id"), primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("expires_on", Date, nullable=False),
)

availability = Table(
    "availability",
    metadata,
    Column("availability_id", BigInteger, Identity(), primary_key=True),
    Column("coach_id", Text, ForeignKey("coaches.coach_id"), nullable=False, index=True),
    Column("weekday", SmallInteger, nullable=False),
    Column("opens", Time, nullable=False),
    Column("closes", Time, nullable=False),
    Column("venue_id", Text, ForeignKey("venues.venue_id"), nullable=False),
    Column("room", Text),
    Column("forms", Texts, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
)

absences = Table(
    "absences",
    metadata,
    Column("absence_id", Text, primary_key=True),
    Column("coach_id", Text, ForeignKey("coaches.coach_id"), nullable=False, index=True),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)

horizons = Table(
    "horizons",
    metadata,
    Column("programme_id", Text, primary_key=True),
    Column("coach_id", Text, ForeignKey("coaches.coach_id"), primary_key=True),
    Column("made_until", Date, nullable=False),
)
