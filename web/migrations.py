"""What each version of the HTTP kernel adds to a service's database; called from the services' migrations."""

from typing import Any

from web import tables

VERSION_1 = ("api_keys", "staff_sessions", "idempotency_keys", "access_log")


def upgrade_0001(op: Any) -> None:
    """API keys, which staff sessions are over, answers kept for repeated requests, and who read or changed personal data."""
    for name in VERSION_1:
        tables.metadata.tables[name].create(op.get_bind())


def downgrade_0001(op: Any) -> None:
    """Take them away again."""
    for name in reversed(VERSION_1):
        op.drop_table(name)
