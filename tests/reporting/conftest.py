"""Reporting's own database, with links that can be derived."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from messaging.database import Database
from services.reporting import settings
from tests.reporting import world


@pytest.fixture(autouse=True)
def _link_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("FRIST_SECRET_KEY", "FRIST_LINK_KEY"):
        monkeypatch.setenv(name, "only-for-tests-0123456789012345678901234567890")
    monkeypatch.setenv("FRIST_PUBLIC_URL", "http://localhost:8000")
    settings.links.cache_clear()
    yield
    settings.links.cache_clear()


@pytest.fixture
def database(fresh_database: Callable[..., Database[Any]]) -> Database[Any]:
    return fresh_database("reporting")


@pytest.fixture
def uow(database: Database[Any]) -> Iterator[Any]:
    with database.begin() as uow:
        yield uow


@pytest.fixture
def known(uow: Any) -> Any:
    """A unit of work that knows the programme and four municipalities."""
    world.apply(uow, world.numbered([world.a_programme_applied(), world.municipalities_imported()]))
    return uow
