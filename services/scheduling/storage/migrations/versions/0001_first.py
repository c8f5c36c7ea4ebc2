"""First tables."""

from alembic import op

from messaging import migrations as messaging_migrations
from services.scheduling.storage import tables
from web import migrations as web_migrations

revision = "0001"
down_revision = None


def upgrade() -> None:
    messaging_migrations.upgrade_0001(op)
    web_migrations.upgrade_0001(op)
    tables.metadata.create_all(op.get_bind())
    for statement in tables.EXCLUSIONS:
        op.execute(statement)


def downgrade() -> None:
    tables.metadata.drop_all(op.get_bind())
    web_migrations.downgrade_0001(op)
    messaging_migrations.downgrade_0001(op)
