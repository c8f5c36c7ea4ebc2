"""Reporting's own database, with links that can be derived."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import session
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient

from messaging.database import Database
from tests.reporting import world
from tests.support.one_app import app_over
from web.access import Role
from web.staff_session import start_staff_session

SECRET = "only-for-tests-0123456789012345678901234567890"


@pytest.fixture(autouse=True)
def _link_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FRIST_SECRET_KEY", "FRIST_LINK_KEY"):
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("FRIST_PUBLIC_URL", "http://localhost:8000")


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


@pytest.fixture
def client(database: Database[Any]) -> FlaskClient:
    """Anybody, without sign-in."""
    return app_over("reporting", database, secret=SECRET).test_client()


@pytest.fixture
def operator(client: FlaskClient) -> FlaskClient:
    """A signed-in national operator."""
    return signed_in(client, Role.OPERATOR)


@pytest.fixture
def lead(client: FlaskClient) -> FlaskClient:
    """The signed-in lead of dk-0101."""
    return signed_in(client, Role.LEAD, "dk-0101")


def signed_in(client: FlaskClient, role: Role, municipality: str | None = None) -> FlaskClient:
    app = client.application
    staff = app.test_client()
    with app.test_request_context():
        start_staff_session(staff_id="staff-1", role=role, name="Somebody", municipality=municipality)
        serializer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert serializer is not None
        staff.set_cookie("frist_session", serializer.dumps(dict(session)))
    return staff
