"""The HTTP kernel's tables in each service's own database."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    func,
)

metadata = MetaData()

api_keys = Table(
    "api_keys",
    metadata,
    Column("prefix", Text, primary_key=True, comment="shown to people; the key itself is only here as a hash"),
    Column(
        "name", Text, nullable=False, index=True, comment="whose key; two may live at once, to change one for the other"
    ),
    Column("key_hash", LargeBinary, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("municipality", Text, comment="the fence; null is the whole country"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("revoked_at", DateTime(timezone=True)),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("staff_id", Text, primary_key=True),
    Column("version", Integer, nullable=False, comment="sessions begun with a lower one are over"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("key_hash", LargeBinary, primary_key=True, comment="of caller, view and Idempotency-Key"),
    Column("request_hash", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("answer", LargeBinary, nullable=False, comment="encrypted: an answer may hold a link"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now(), index=True),
)

access_log = Table(
    "access_log",
    metadata,
    Column("entry", BigInteger, Identity(), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, comment="business time"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now(), comment="machine time"),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", Text),
    Column("role", Text),
    Column("municipality", Text, comment="the actor's"),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("on_behalf_of", Text),
    Column("request_id", Text),
    Index("access_log_subject", "subject", "at"),
)
