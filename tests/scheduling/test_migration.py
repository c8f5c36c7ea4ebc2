"""The tables can be made and taken away again."""

from sqlalchemy import create_engine, inspect

from messaging.migrate import downgrade, upgrade
from messaging.settings import sqlalchemy_url


def tables_of(url):
    engine = create_engine(sqlalchemy_url(url))
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_the_migration_goes_up_and_down_and_up(empty_database_url):
    upgrade(empty_database_url, "services.scheduling")
    up = tables_of(empty_database_url)
    downgrade(empty_database_url, "services.scheduling", "base")
    down = tables_of(empty_database_url)
    upgrade(empty_database_url, "services.scheduling")

    assert {"sessions", "bookings", "outbox", "access_log"} <= up
    assert down == {"alembic_version"}
    assert tables_of(empty_database_url) == up
