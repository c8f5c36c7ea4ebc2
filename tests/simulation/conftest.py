"""A theatre for the tests, on a PostgreSQL of its own: on a shared one, transactions of others would show."""

from collections.abc import Iterator

import pytest

from tests.simulation.play import a_server, a_theatre
from tests.simulation.theatre import Theatre


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with a_server() as url, a_theatre(url) as theatre:
        yield theatre
