"""Registration on a database of its own, with one programme and the real municipalities."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from messaging.database import Database
from messaging.migrate import upgrade
from services.registration import handlers
from services.registration.domain.place_files import read_municipalities, read_postcodes
from services.registration.programme_files import check_programme
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from tests.registration.builders import DANISH, OPERATOR_KEY, SWEDISH
from tests.support.databases import Databases
from tests.support.one_app import app_over

ROOT = Path(__file__).parents[2]
DATA = ROOT / "programmes"
SECRET = "a-secret-for-tests-that-is-long-enough-to-pass"


class Visitor(FlaskClient):
    """Sends forms as a browser does: with the token of a page that was opened before."""

    def post(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a form to a page, or anything else to the API."""
        if "/api/" not in args[0]:
            kwargs["data"] = {**kwargs.get("data", {}), "csrf_token": self._token()}
        return super().post(*args, **kwargs)

    def _token(self) -> str:
        return self.get("/registration/find-case").text.split('name="csrf_token" value="')[1].split('"')[0]


@pytest.fixture(autouse=True)
def _link_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRIST_LINK_KEY", SECRET)
    monkeypatch.setenv("FRIST_PUBLIC_URL", "http://localhost:8000")


def make_with_programmes(url: str) -> None:
    """Registration's tables with both programmes and both countries in them."""
    upgrade(url, package="services.registration")
    database = Database("registration", url, RegistrationUnitOfWork, "driven")
    with database.begin() as uow:
        for country in ("dk", "se"):
            rows = read_municipalities((DATA / "municipalities" / f"{country}.csv").read_text(), country)
            handlers.put_municipalities(country, rows, uow)
        handlers.put_postcodes("dk", read_postcodes((DATA / "postcodes" / "dk.csv").read_text()), uow)
        for programme_id in (DANISH, SWEDISH):
            handlers.apply_programme(check_programme((DATA / f"{programme_id}.yaml").read_text()), uow)
    database.dispose()


@pytest.fixture
def database(databases: Databases) -> Iterator[Database[Any]]:
    """Registration's database with both programmes and both countries."""
    url = databases.lend("registration with programmes", make_with_programmes)
    database = Database("registration", url, RegistrationUnitOfWork, "driven")
    yield database
    databases.take_back(database)


@pytest.fixture
def client(database: Database[Any]) -> Iterator[FlaskClient]:
    """The service's HTTP, asked without a server."""
    app = app_over("registration", database, secret=SECRET, operator_key=OPERATOR_KEY)
    app.test_client_class = Visitor
    with app.test_client() as client:
        yield client
