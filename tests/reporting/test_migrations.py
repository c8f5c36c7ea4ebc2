"""Each change of tables is tried up and down."""

import psycopg

from messaging.migrate import downgrade, upgrade


def test_the_tables_come_and_go_without_leaving_anything(empty_database_url: str) -> None:
    upgrade(empty_database_url, "services.reporting")
    downgrade(empty_database_url, "services.reporting", "base")
    upgrade(empty_database_url, "services.reporting")
    downgrade(empty_database_url, "services.reporting", "base")

    with psycopg.connect(empty_database_url) as connection:
        left = connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace").fetchall()
        functions = connection.execute("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
        assert {name for (name,) in left} <= {"alembic_version", "alembic_version_pkc"}
        assert functions.fetchall() == []
