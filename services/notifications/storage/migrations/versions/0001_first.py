"""The first tables: delivery and HTTP of the kernels, programmes, recipients, messages and letter batches."""

from alembic import op

from messaging import migrations as messaging_migrations
from services.notifications.storage.tables import ALL
from web import migrations as web_migrations

revision = "0001"
down_revision = None


def upgrade() -> None:
    messaging_migrations.upgrade_0001(op)
    web_migrations.upgrade_0001(op)
    for table in ALL:
        table.create(op.get_bind())


def downgrade() -> None:
    for table in reversed(ALL):
        table.drop(op.get_bind())
    web_migrations.downgrade_0001(op)
    messaging_migrations.downgrade_0001(op)
