"""What the tests stand on is real, and each test's part of it is its own."""

import psycopg

from operations.broker import Broker


def test_the_database_is_real_postgresql(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SELECT version()").fetchone()

    assert row is not None
    assert row[0].startswith("PostgreSQL 1")


def test_a_module_has_a_virtual_host_of_its_own(broker: Broker, broker_url: str) -> None:
    vhosts = {vhost["name"] for vhost in broker.ask("GET", "/api/vhosts")}

    assert broker_url.rpartition("/")[2] in vhosts - {"frist"}
