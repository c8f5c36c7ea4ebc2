"""The sample service with a database of its own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from messaging import migrations as messaging_migrations
from messaging.database import Database
from messaging.unit_of_work import UnitOfWork
from tests.web.library import make_api, make_pages
from web import migrations as web_migrations
from web.app import create_app
from web.keys import issue_key
from web.settings import WebSettings

if TYPE_CHECKING:
    from tests.support.databases import Databases


def some_settings(**changes: Any) -> WebSettings:
    facts: dict[str, Any] = {
        "secret_key": "s" * 40,
        "link_key": "l" * 40,
        "clock": "driven",
        "open_posts_per_minute": 0,
    }
    return WebSettings(**(facts | changes))


def make_library(database: Any, **changes: Any) -> Flask:
    return create_app("library", database, some_settings(**changes), api=[make_api()], pages=[make_pages()])


@pytest.fixture(scope="session")
def library_database(databases: "Databases") -> Iterator[Database[UnitOfWork]]:
    """A database with both kernels' tables and one of books, for all tests of this part."""
    url = databases.empty()
    made = Database("library", url, UnitOfWork, "driven")
    with made.engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        messaging_migrations.upgrade_0001(operations)
        web_migrations.upgrade_0001(operations)
        connection.execute(text("CREATE TABLE books (title text)"))
    yield made
    made.dispose()
    databases.drop(url)


@pytest.fixture
def database(library_database: Database[UnitOfWork]) -> Database[UnitOfWork]:
    """The same, empty."""
    with library_database.engine.begin() as connection:
        connection.execute(
            text("TRUNCATE books, api_keys, staff_sessions, idempotency_keys, access_log, business_clock")
        )
    return library_database


@pytest.fixture
def library(database: Database[UnitOfWork]) -> Flask:
    return make_library(database)


@pytest.fixture
def client(library: Flask) -> FlaskClient:
    return library.test_client()


@pytest.fixture
def operator(library: Flask) -> FlaskClient:
    """Somebody signed in as national operator."""
    signed_in = library.test_client()
    signed_in.get("/library/act/operator")
    return signed_in


@pytest.fixture
def lead(library: Flask) -> FlaskClient:
    """Somebody signed in as lead of dk-0101."""
    signed_in = library.test_client()
    signed_in.get("/library/act/lead")
    return signed_in


def a_key(
    database: Database[UnitOfWork], *scopes: str, municipality: str | None = None, name: str = "test"
) -> dict[str, str]:
    """The header of a new API key."""
    with database.begin() as uow:
        key = issue_key(uow.connection, name, scopes or ["books:write"], municipality)
    return {"Authorization": f"Bearer {key}"}


def count(database: Database[UnitOfWork], table: str) -> int:
    with database.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
