"""Fixtures for every part's tests: one PostgreSQL and one RabbitMQ for the run, a database or vhost for each test."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from operations.broker import Broker
from tests.support import servers
from tests.support.side_by_side import (
    ended_after_its_last_test,
    pytest_collection_modifyitems,
    pytest_runtest_teardown,
    pytest_sessionfinish,
    pytest_xdist_make_scheduler,
)

__all__ = [
    "pytest_collection_modifyitems",
    "pytest_runtest_teardown",
    "pytest_sessionfinish",
    "pytest_xdist_make_scheduler",
]

if TYPE_CHECKING:
    from messaging.database import Database
    from operations.local.stack import Stack
    from tests.support.collector import Collector
    from tests.support.databases import Databases


def pytest_report_header() -> str:
    """Say against what the tests run, so that no result is misread."""
    return servers.description()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The admin URL of the run's PostgreSQL."""
    with servers.a_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """The run's RabbitMQ; tests of one module want `broker_url` instead."""
    with servers.a_broker() as broker:
        yield broker


@pytest.fixture(scope="module")
def broker_url(broker: Broker) -> Iterator[str]:
    """The run's RabbitMQ in a virtual host that no other test module sees."""
    vhost = f"test-{uuid.uuid4().hex[:12]}"
    yield broker.with_vhost(vhost).amqp_url
    broker.without_vhost(vhost)


@pytest.fixture(scope="session")
def databases(postgres_url: str) -> "Iterator[Databases]":
    """Makes databases on the run's PostgreSQL, for fixtures that keep one longer than a test."""
    from tests.support.databases import Databases  # noqa: PLC0415  (tests of contracts need no database driver)

    with closing(Databases(postgres_url)) as databases:
        yield databases


@pytest.fixture
def fresh_database(databases: "Databases") -> Iterator[Callable[..., "Database[Any]"]]:
    """`fresh_database("scheduling")`: an empty, migrated `Database` of that service; the next test has another."""
    opened: list[Database[Any]] = []

    def fresh(service: str, clock: str = "driven") -> "Database[Any]":
        opened.append(databases.of_service(service, clock))
        return opened[-1]

    yield fresh

    for database in opened:
        databases.take_back(database)


@pytest.fixture
def empty_database_url(databases: "Databases") -> Iterator[str]:
    """The URL of a database without tables; dropped after the test."""
    url = databases.empty()
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def platform_traces() -> "Iterator[Collector]":
    """What the platform's processes tell of themselves."""
    from tests.support.collector import a_collector  # noqa: PLC0415

    with a_collector() as collector:
        yield collector


@pytest.fixture(scope="session")
def platform(
    postgres_url: str, broker: Broker, tmp_path_factory: pytest.TempPathFactory, platform_traces: "Collector"
) -> "Iterator[Stack]":
    """The whole platform as processes, started once for all tests that look at it from outside."""
    from tests.support.platform import a_platform  # noqa: PLC0415  (only those tests need every service)

    with ended_after_its_last_test() as end:
        yield end.enter_context(a_platform(postgres_url, broker, tmp_path_factory.mktemp("platform"), platform_traces))
