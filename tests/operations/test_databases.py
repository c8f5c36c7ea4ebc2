"""Each service has a database that the others cannot enter."""

import psycopg
import pytest

from operations.local.databases import create_databases, drop_databases

PASSWORDS = {"registration": "first-secret", "reporting": "second-secret"}


@pytest.fixture
def urls(postgres_url: str) -> "dict[str, str]":
    return create_databases(postgres_url, PASSWORDS, prefix="apart")


def test_a_service_enters_its_own_database(urls: dict[str, str]) -> None:
    with psycopg.connect(urls["reporting"]) as connection:
        connection.execute("CREATE TABLE proof (n int)")


def test_a_service_cannot_enter_anothers(urls: dict[str, str]) -> None:
    intruding = urls["reporting"].rpartition("/")[0] + "/apart_registration"

    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(intruding)


def test_creating_again_keeps_what_is_there(postgres_url: str, urls: dict[str, str]) -> None:
    with psycopg.connect(urls["registration"], autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")

    again = create_databases(postgres_url, PASSWORDS | {"registration": "changed-secret"}, prefix="apart")

    with psycopg.connect(again["registration"]) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_dropping_leaves_nothing(postgres_url: str) -> None:
    urls = create_databases(postgres_url, {"reporting": "secret"}, prefix="short_lived")

    drop_databases(postgres_url, ["reporting"], prefix="short_lived")

    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(urls["reporting"])
