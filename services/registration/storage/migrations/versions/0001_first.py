"""The first tables: programmes, municipalities, organisations, cases, contacts, staff and imports."""

from alembic import op

from messaging import migrations as messaging_migrations
from services.registration.storage.tables import metadata
from web import migrations as web_migrations

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everything that registration keeps, beside the kernels' tables."""
    messaging_migrations.upgrade_0001(op)
    web_migrations.upgrade_0001(op)
    for table in metadata.sorted_tables:
        table.create(op.get_bind())


def downgrade() -> None:
    """Take it all away again."""
    for table in reversed(metadata.sorted_tables):
        table.drop(op.get_bind())
    web_migrations.downgrade_0001(op)
    messaging_migrations.downgrade_0001(op)
