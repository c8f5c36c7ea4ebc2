"""Each service's tables come and go without leaving anything, and are those that its code reads and writes."""

from importlib import import_module

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from messaging import tables as of_messaging
from messaging.migrate import downgrade, upgrade
from messaging.settings import sqlalchemy_url
from operations.services import SERVICES
from services.reporting.storage.tallies import TALLIES
from web import tables as of_the_web

LEFT = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
"""
ALEMBICS = {"alembic_version", "alembic_version_pkc"}

every_service = pytest.mark.parametrize("service", SERVICES)


@every_service
def test_tables_come_and_go_without_leaving_anything(service: str, empty_database_url: str) -> None:
    for _ in range(2):
        upgrade(empty_database_url, f"services.{service}")
        downgrade(empty_database_url, f"services.{service}", "base")

    with psycopg.connect(empty_database_url) as connection:
        assert {name for (name,) in connection.execute(LEFT)} <= ALEMBICS


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
@every_service
def test_what_is_migrated_is_what_the_code_knows(service: str, empty_database_url: str) -> None:
    upgrade(empty_database_url, f"services.{service}")
    own = import_module(f"services.{service}.storage.tables")

    engine = create_engine(sqlalchemy_url(empty_database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_no_tally})
        differs = compare_metadata(context, [own.metadata, of_messaging.metadata, of_the_web.metadata])
    engine.dispose()

    assert differs == []


def _is_no_tally(name: str | None, kind: str, _parents: object) -> bool:
    """Reporting's tallies are kept by triggers and read by SQL alone: no metadata knows them."""
    return kind != "table" or name not in {tally.name for tally in TALLIES}
