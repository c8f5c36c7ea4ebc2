"""The tables that delivery keeps in every service's own database."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import UserDefinedType

metadata = MetaData()


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """The type's name in DDL."""
        return "xid8"


def _instant(name: str, *, now: bool = False, nullable: bool = False) -> "Column[object]":
    default = text("clock_timestamp()") if now else None
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=default)


outbox = Table(
    "outbox",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("routing_key", Text, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("xid", Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
    _instant("stored_at", now=True),
    _instant("published_at", nullable=True),
    CheckConstraint("lane IN ('urgent', 'bulk')", name="outbox_lane"),
    Index("outbox_unpublished", "lane", "position", postgresql_where=text("published_at IS NULL")),
    Index("outbox_pages", "position", postgresql_where=text("type LIKE '%.page_closed.v1'")),
    Index("outbox_private", "subject", postgresql_where=text("private AND published_at IS NOT NULL")),
)
"""Events beside the change that caused them; published rows stay: this is the service's event log.

`private` are those with something personal in them, if only a national number: erasing finds them by their subject. Each
index is written twice for an event, when it is stored and when it is marked, unless it leaves one of the two
out: so there is none on `event_id`. Ids are made to be different, and inboxes would notice two that are not: the ledger would
miss the second.
"""

inbox = Table(
    "inbox",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("producer", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("lane", Text, nullable=False),
    _instant("applied_at", now=True),
    Index("inbox_positions", "producer", "position"),
)
"""Every event that has taken effect here, or never shall: what makes a second delivery change nothing.

An id is its producer's own: another's event with the same id is another event.
"""

duplicates = Table(
    "duplicates",
    metadata,
    Column("producer", Text, primary_key=True),
    Column("lane", Text, primary_key=True),
    Column("absorbed", BigInteger, nullable=False),
)
"""How many deliveries the inbox has absorbed since the service began; written only when there were some."""

retries = Table(
    "retries",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("producer", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("subject", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("deaths", Integer, nullable=False, server_default=text("0")),
    Column("reason", Text, nullable=False),
    _instant("first_failed_at", now=True),
    _instant("due_at"),
    Index("retries_due", "due_at"),
)
"""Events that failed here, or died here with their process, and are tried again when due, in machine time."""

parked = Table(
    "parked",
    metadata,
    Column("parked_id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid),
    Column("type", Text),
    Column("producer", Text),
    Column("position", BigInteger),
    Column("subject", Text),
    Column("lane", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("digest", LargeBinary),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    _instant("parked_at", now=True),
    Column("state", Text, nullable=False, server_default="parked"),
    Column("resolution", Text),
    _instant("resolved_at", nullable=True),
    Column("resolved_by", Text),
    CheckConstraint("state IN ('parked', 'replayed', 'discarded', 'applied')", name="parked_state"),
    Index("parked_open", "parked_id", postgresql_where=text("state = 'parked'")),
    Index("parked_event", "event_id"),
    Index("parked_bytes", "digest", unique=True),
)
"""Messages the service gave up on, with the reason, until an operator replays or discards them.

`digest` is that of a message that cannot be read, as it came: it is known again when nothing of it is kept. `applied` are those whose event took effect on another way: a resend came when the cause was mended.
"""

erasures = Table(
    "erasures",
    metadata,
    Column("subject", Text, primary_key=True),
    _instant("erased_at", now=True),
)
"""Whose personal data was erased here, by id: what fails afterwards is kept without it."""

timers = Table(
    "timers",
    metadata,
    Column("name", Text, primary_key=True),
    _instant("ran_at"),
    _instant("business_now"),
    Column("did", Integer, nullable=False),
    _instant("worked_at", nullable=True),
)
"""When each timer last ran, how much it did, and when it had last done anything; kept while the clock is driven."""

business_clock = Table(
    "business_clock",
    metadata,
    Column("only_row", Boolean, primary_key=True, server_default=text("true")),
    _instant("now"),
    CheckConstraint("only_row", name="business_clock_one_row"),
)
"""The driven business time."""

pages = Table(
    "pages",
    metadata,
    Column("producer", Text, primary_key=True),
    Column("first_position", BigInteger, primary_key=True),
    Column("last_position", BigInteger, nullable=False),
    Column("totals", JSONB, nullable=False),
    Column("is_settled", Boolean, nullable=False, server_default=text("false")),
    _instant("heard_at"),
    _instant("asked_at", nullable=True),
    Column("asks", Integer, nullable=False, server_default=text("0")),
)
"""What producers say they published; settled pages that lie end to end are joined into one row."""

audited = Table(
    "audited",
    metadata,
    Column("producer", Text, primary_key=True),
    Column("types", ARRAY(Text), nullable=False),
)
"""For which types the pages of a producer were settled: a service that listens to more starts over from page one."""

resends = Table(
    "resends",
    metadata,
    Column("resend_id", BigInteger, Identity(always=True), primary_key=True),
    Column("consumer", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("next_position", BigInteger, nullable=False),
    Column("last_position", BigInteger),
    Column("types", ARRAY(Text), nullable=False),
    _instant("asked_at", now=True),
)
"""What consumers have asked this service to send them again; a row is gone when it has been done."""

rebuilds = Table(
    "rebuilds",
    metadata,
    Column("rebuild_id", BigInteger, Identity(always=True), primary_key=True),
    Column("asked", BigInteger, nullable=False),
    Column("goals", JSONB, nullable=False),
    Column("started_by", Text, nullable=False),
    _instant("started_at", now=True),
    _instant("finished_at", nullable=True),
    Index("rebuilds_running", text("(true)"), unique=True, postgresql_where=text("finished_at IS NULL")),
)
"""Each time the projections were emptied to be made again: how many events were applied until then, and for each producer up
to which position; finished when everything up to there is settled again."""
