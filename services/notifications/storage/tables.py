"""The tables of notifications.

A message is a text's name and its parameters; no rendered text, no address and no token is ever at rest here.
Addresses stand once, in `cases`, and go when a case is erased.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()


def _instant(name: str, *, nullable: bool = True) -> "Column[object]":
    return Column(name, DateTime(timezone=True), nullable=nullable)


programmes = Table(
    "programmes",
    metadata,
    Column("programme_id", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("definition", JSONB, nullable=False),
)

municipalities = Table(
    "municipalities",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
)
"""Names for the pages of staff; not a fact that messages hang on."""

cases = Table(
    "cases",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("programme_id", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    # what registration said of the state, as of `state_sequence`; `learnt_at` is when it was learnt here
    Column("state", Text),
    Column("state_sequence", BigInteger, nullable=False, server_default=text("-1")),
    _instant("learnt_at", nullable=False),
    # how to reach the organisation, as of `contact_sequence`
    Column("contact_sequence", BigInteger, nullable=False, server_default=text("-1")),
    Column("organisation_name", Text),
    Column("contact_name", Text),
    Column("address", Text),
    Column("postcode", Text),
    Column("city", Text),
    Column("email", Text),
    Column("phone", Text),
    Column("language", Text),
    Column("channel", Text),
    Column("link_version", Integer),
    # since when each channel has had the address it has, and those that are known not to work
    _instant("email_learnt_at"),
    _instant("sms_learnt_at"),
    _instant("letter_learnt_at"),
    Column("bad_channels", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    # what scheduling said of the place, as of `placement_sequence`
    Column("placement_sequence", BigInteger, nullable=False, server_default=text("-1")),
    Column("placement", Text, nullable=False, server_default=text("'none'")),
    Column("booking_id", Text),
    Column("revision", Integer, nullable=False, server_default=text("0")),
    _instant("placed_at"),
    _instant("session_starts_at"),
    Column("session", JSONB, nullable=False, server_default=text("'{}'")),
    # what has been told
    Column("announced_sequence", BigInteger, nullable=False, server_default=text("-1")),
    Column("gave_up_at_contact", BigInteger, nullable=False, server_default=text("-1")),
    Column("is_erased", Boolean, nullable=False, server_default=text("false")),
    Index("cases_sweep", "programme_id", "learnt_at", "case_id"),
    Index("cases_sessions", "programme_id", "session_starts_at", postgresql_where=text("placement = 'booked'")),
)
"""The recipient's read-model: each aspect keeps the sequence it was learnt at, so that order does not matter."""

messages = Table(
    "messages",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("case_id", Text),
    Column("programme_id", Text),
    Column("municipality", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("parameters", JSONB, nullable=False),
    Column("lane", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("wanted", ARRAY(Text)),
    Column("for_states", ARRAY(Text)),
    Column("channel", Text),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    _instant("send_after", nullable=False),
    _instant("useless_after", nullable=False),
    _instant("created_at", nullable=False),
    _instant("settled_at"),
    Column("version", Integer, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("follows", Text),
    Column("batch_id", Text),
    Column("page", Integer),
    # machine time: when to try again, and until when a sender holds it
    _instant("not_before"),
    Column("claim", Text),
    _instant("claimed_until"),
    CheckConstraint("state IN ('planned', 'sending', 'sent', 'withheld', 'failed')", name="messages_state"),
    CheckConstraint("lane IN ('urgent', 'bulk')", name="messages_lane"),
    Index(
        "messages_due",
        "lane",
        "send_after",
        "sequence",
        "message_id",
        postgresql_where=text("state = 'planned' AND channel IS DISTINCT FROM 'letter'"),
    ),
    Index(
        "messages_letters",
        "programme_id",
        "send_after",
        "message_id",
        postgresql_where=text("state = 'planned' AND channel = 'letter'"),
    ),
    Index("messages_claimed", "claimed_until", postgresql_where=text("state = 'sending'")),
    Index("messages_case", "case_id", "created_at"),
    Index("messages_newest", "created_at", "message_id"),
    Index("messages_batch", "batch_id", "page", postgresql_where=text("batch_id IS NOT NULL")),
)
"""Every message with what became of it and why. `follows` is the message that could not be delivered before."""

letter_batches = Table(
    "letter_batches",
    metadata,
    Column("batch_id", Text, primary_key=True),
    Column("programme_id", Text, nullable=False),
    Column("printed_on", Date, nullable=False),
    Column("part", Integer, nullable=False),
    Column("letters", Integer, nullable=False),
    Column("state", Text, nullable=False),
    _instant("created_at", nullable=False),
    _instant("downloaded_at"),
    CheckConstraint("state IN ('ready', 'stale', 'removed')", name="letter_batches_state"),
    Index("letter_batches_day", "programme_id", "printed_on", "part", unique=True),
)
"""One PDF with its address index. `stale`: a case in it was erased, it is printed again without its page."""

sweeps = Table(
    "sweeps",
    metadata,
    Column("programme_id", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("occasion", Text, primary_key=True),
    _instant("cursor_at"),
    Column("cursor_id", Text),
    _instant("swept_at"),
)
"""How far a step has gone through the cases, in the order in which their states were learnt."""

ALL: tuple[Table, ...] = (programmes, municipalities, cases, messages, letter_batches, sweeps)
