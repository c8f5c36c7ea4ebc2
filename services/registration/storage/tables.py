"""The tables of registration. A case's row holds its facts, and its derived state for searching and counting."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()


def _instant(name: str, *, nullable: bool = False) -> "Column[object]":
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _case_id(*, primary_key: bool = False) -> "Column[object]":
    key = ForeignKey("cases.case_id", ondelete="CASCADE")
    return Column("case_id", Uuid(as_uuid=False), key, primary_key=primary_key, nullable=False)


programmes = Table(
    "programmes",
    metadata,
    Column("programme_id", Text, primary_key=True),
    Column("country", Text, nullable=False),
    Column("definition", JSONB, nullable=False, comment="the whole checked file"),
    Column("duty_topics", ARRAY(Text), nullable=False, comment="achieved all of them: fulfilled"),
    Column("any_help", Boolean, nullable=False, comment="or: helped once is fulfilled"),
    Column("version", Integer, nullable=False),
    _instant("applied_at"),
)

countries = Table(
    "countries",
    metadata,
    Column("country", Text, primary_key=True),
    Column("version", Integer, nullable=False, comment="how often its municipalities were changed"),
    Column("digest", Text, nullable=False, comment="of the municipalities as they were told last"),
)

municipalities = Table(
    "municipalities",
    metadata,
    Column("code", Text, primary_key=True, comment="with its country, as dk-0101"),
    Column("country", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("population", Integer, nullable=False),
    Column("tile_column", Integer, nullable=False),
    Column("tile_row", Integer, nullable=False),
    Column("neighbours", ARRAY(Text), nullable=False),
)

postcodes = Table(
    "postcodes",
    metadata,
    Column("country", Text, primary_key=True),
    Column("postcode", Text, primary_key=True),
    Column("municipality", Text, ForeignKey("municipalities.code"), primary_key=True),
    Column("town", Text, nullable=False),
)

organisations = Table(
    "organisations",
    metadata,
    Column("organisation_id", Text, primary_key=True),
    Column("country", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("seen_in_run", Uuid(as_uuid=False), comment="the last register import that had a row for it"),
    Column("seen_on_line", Integer),
)

cases = Table(
    "cases",
    metadata,
    Column("case_id", Uuid(as_uuid=False), primary_key=True),
    Column("programme_id", Text, nullable=False, comment="no foreign key: all would lock one row, and none is removed"),
    Column("organisation_id", Text, ForeignKey("organisations.organisation_id"), comment="null once erased"),
    Column("municipality", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="obliged", comment="derived from the facts below"),
    Column("registered_by", Text),
    _instant("registered_at", nullable=True),
    Column("help_forms", ARRAY(Text), nullable=False, server_default="{}"),
    Column("levels", JSONB(none_as_null=True)),
    Column("topics", ARRAY(Text), nullable=False, server_default="{}"),
    Column("stage", Text, nullable=False, server_default="none"),
    Column("placement_sequence", BigInteger, nullable=False, server_default="0"),
    Column("attended", Boolean, nullable=False, server_default="false"),
    Column("duty_met", Boolean, nullable=False, server_default="false"),
    Column("ending", Text),
    Column("ending_reason", Text),
    Column("evidence", Text),
    Column("erased", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="0", comment="sequence of the last event told"),
    _instant("opened_at"),
    _instant("changed_at"),
    Index("cases_one_for_each_organisation", "organisation_id", "programme_id", unique=True),
    # The programme never comes first: there are few, and a planner without statistics would read all its cases.
    Index("cases_by_place_and_state", "municipality", "programme_id", "state", "case_id"),
    Index("cases_by_state", "state", "programme_id", "case_id"),
)

contacts = Table(
    "contacts",
    metadata,
    _case_id(primary_key=True),
    Column("organisation_name", Text, nullable=False),
    Column("contact_name", Text),
    Column("address", Text),
    Column("postcode", Text),
    Column("city", Text),
    Column(
        "is_address_hidden",
        Boolean,
        nullable=False,
        server_default="false",
        comment="the postal address is not from whoever holds the link: kept for letters and visits, not shown by it",
    ),
    Column("email", Text),
    Column("phone", Text),
    Column("language", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("link_version", Integer, nullable=False, server_default="1"),
    Column("link_hash", LargeBinary, nullable=False, unique=True, comment="the link itself is derived, never stored"),
    Column("sequence", Integer, nullable=False, comment="the case's version when this was learnt"),
    _instant("link_sent_at", nullable=True),
    Index("contacts_email", func.lower(text("email"))),
)

achieved_topics = Table(
    "achieved_topics",
    metadata,
    _case_id(primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("booking_id", Text, nullable=False),
    Column("level_before", Integer, nullable=False),
    Column("level_after", Integer, nullable=False),
    _instant("achieved_at"),
)

case_history = Table(
    "case_history",
    metadata,
    _case_id(primary_key=True),
    Column("entry", BigInteger, Identity(always=True), primary_key=True),
    _instant("happened_at"),
    Column("what", Text, nullable=False, comment="a slug, as registered or contact_changed"),
    Column("state", Text, nullable=False, comment="the case's state from then on"),
    Column("done_by", Text, nullable=False, comment="organisation, programme, or staff:<id> or key:<prefix>"),
    Column("note", Text),
)

staff = Table(
    "staff",
    metadata,
    Column("staff_id", Uuid(as_uuid=False), primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("municipality", Text, comment="null is the whole country, for operators only"),
    Column("coach_id", Text),
    Column("language", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default="true"),
    _instant("created_at"),
    Index("staff_email", func.lower(text("email")), unique=True),
    CheckConstraint("role IN ('operator', 'lead', 'coach')", name="staff_role"),
    CheckConstraint("role = 'operator' OR municipality IS NOT NULL", name="staff_fence"),
)

sign_in_requests = Table(
    "sign_in_requests",
    metadata,
    Column("request_id", Uuid(as_uuid=False), primary_key=True),
    Column("staff_id", Uuid(as_uuid=False), ForeignKey("staff.staff_id", ondelete="CASCADE"), nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("requested_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    _instant("spent_at", nullable=True),
    Index("sign_in_requests_of_staff", "staff_id", "requested_at"),
    comment="machine time: signing in is about people and machines, not about the programme",
)

import_runs = Table(
    "import_runs",
    metadata,
    Column("run_id", Uuid(as_uuid=False), primary_key=True),
    Column("programme_id", Text, ForeignKey("programmes.programme_id"), nullable=False),
    Column("state", Text, nullable=False, comment="receiving, staged, done or broken"),
    Column("reason", Text, comment="why it broke"),
    Column("rows_staged", Integer, nullable=False, server_default="0"),
    Column("last_line", Integer, nullable=False, server_default="0", comment="rows up to here are done"),
    Column("opened", Integer, nullable=False, server_default="0"),
    Column("updated", Integer, nullable=False, server_default="0"),
    Column("unchanged", Integer, nullable=False, server_default="0"),
    Column("refused", Integer, nullable=False, server_default="0"),
    Column("started_by", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    _instant("finished_at", nullable=True),
    CheckConstraint("state IN ('receiving', 'staged', 'done', 'broken')", name="import_runs_state"),
    Index("import_runs_open", "run_id", postgresql_where=text("state = 'staged'")),
)


def _run_id() -> "Column[object]":
    key = ForeignKey("import_runs.run_id", ondelete="CASCADE")
    return Column("run_id", Uuid(as_uuid=False), key, primary_key=True)


import_rows = Table(
    "import_rows",
    metadata,
    _run_id(),
    Column("line", Integer, primary_key=True, autoincrement=False, comment="in the file; the header is line 1"),
    Column("cells", ARRAY(Text), nullable=False, comment="in the order of the importer's columns"),
    comment="rows of the register on their way in; removed as they are done",
)

import_refusals = Table(
    "import_refusals",
    metadata,
    _run_id(),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("number", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("reason", Text, nullable=False, comment="a sentence that says how to mend it"),
)
