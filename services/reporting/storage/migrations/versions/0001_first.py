"""The first tables: delivery and HTTP of the kernels, reporting's projections with their tallies, surveys, reports."""

from alembic import op

from messaging import migrations as messaging_migrations
from services.reporting.storage.tables import OWN, PROJECTIONS
from services.reporting.storage.tallies import TALLIES
from web import migrations as web_migrations

revision = "0001"
down_revision = None


def upgrade() -> None:
    messaging_migrations.upgrade_0001(op)
    web_migrations.upgrade_0001(op)
    for table in (*PROJECTIONS, *OWN):
        table.create(op.get_bind())
    for tally in TALLIES:
        for statement in tally.create_statements():
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for tally in reversed(TALLIES):
        for statement in tally.drop_statements():
            op.get_bind().exec_driver_sql(statement)
    for table in reversed((*PROJECTIONS, *OWN)):
        table.drop(op.get_bind())
    web_migrations.downgrade_0001(op)
    messaging_migrations.downgrade_0001(op)
