"""What each version of the kernel adds to a service's database; called from the services' migrations."""

from typing import Any

from messaging import tables

VERSION_1 = (
    "outbox",
    "inbox",
    "duplicates",
    "retries",
    "parked",
    "erasures",
    "timers",
    "business_clock",
    "pages",
    "audited",
    "resends",
    "rebuilds",
)


def upgrade_0001(op: Any) -> None:
    """Outbox, inbox, retries, parked, erasures, timers, the driven clock, and what the ledger keeps."""
    for name in VERSION_1:
        tables.metadata.tables[name].create(op.get_bind())


def downgrade_0001(op: Any) -> None:
    """Take them away again."""
    for name in reversed(VERSION_1):
        op.drop_table(name)
