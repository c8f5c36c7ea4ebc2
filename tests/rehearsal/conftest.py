"""The four services' real databases, with their constraints out of the way, for what must never happen."""

from collections.abc import Iterator

import pytest

from frist_contracts.delivery import SERVICES
from tests.rehearsal.planting import Planter, Planters
from tests.support.databases import Databases


@pytest.fixture(scope="module")
def planters(databases: Databases) -> Iterator[Planters]:
    made = {name: Planter(databases.of_service(name)) for name in SERVICES}
    yield made
    for planter in made.values():
        planter.close()
        databases.drop(planter.url)


@pytest.fixture
def services(planters: Planters) -> Planters:
    for planter in planters.values():
        planter.clear()
    return planters
