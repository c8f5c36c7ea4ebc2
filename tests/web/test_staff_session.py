"""The staff's session: eight hours, and over when they sign out."""

from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from flask import Flask, session
from flask.testing import FlaskClient

from frist_contracts import NATIONAL, StaffSessionsEnded
from messaging.clock import machine_now
from messaging.database import Database
from messaging.unit_of_work import UnitOfWork
from tests.web.conftest import make_library
from web import staff_session
from web.actor import Role
from web.assets import assets_version

BACK_OFFICE = "/library/api/staff-only"


def test_a_session_ends_after_eight_hours(operator: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    shortly_before = machine_now() + timedelta(hours=7, minutes=59)
    afterwards = machine_now() + timedelta(hours=8, seconds=1)

    monkeypatch.setattr(staff_session, "machine_now", lambda: shortly_before)
    assert operator.get(BACK_OFFICE).status_code == 200
    monkeypatch.setattr(staff_session, "machine_now", lambda: afterwards)
    assert operator.get(BACK_OFFICE).status_code == 401


def test_signing_out_ends_the_session(operator: FlaskClient) -> None:
    page = operator.get("/library/back-office").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]

    answer = operator.post("/library/out", data={"csrf_token": token})

    assert answer.status_code == 200
    assert operator.get(BACK_OFFICE).status_code == 401


@pytest.mark.parametrize("versions", [(1, 2), (2, 1), (2, 2)])
def test_what_registration_ended_is_over_here_in_whatever_order_it_is_told(
    library: Flask, operator: FlaskClient, database: Database[UnitOfWork], versions: tuple[int, ...]
) -> None:
    tell_ended(database, *versions)

    assert operator.get(BACK_OFFICE).status_code == 401
    assert with_session(library, version=1).get(BACK_OFFICE).status_code == 401
    assert with_session(library, version=2).get(BACK_OFFICE).status_code == 200


def test_nobody_else_is_signed_out(operator: FlaskClient, database: Database[UnitOfWork]) -> None:
    tell_ended(database, 1, staff_id="s-2")

    assert operator.get(BACK_OFFICE).status_code == 200


def test_while_the_database_is_away_nobody_passes_and_the_error_has_its_look() -> None:
    away = Database("library", "postgresql://nobody@localhost:1/library", UnitOfWork)
    signed_in = with_session(make_library(away), version=0)

    page = signed_in.get("/library/back-office")
    look = signed_in.get(f"/library/assets/{assets_version()}/frist.css")

    assert (page.status_code, look.status_code) == (503, 200)


def tell_ended(database: Database[UnitOfWork], *versions: int, staff_id: str = "s-1") -> None:
    for version in versions:
        with database.begin() as uow:
            event = StaffSessionsEnded(municipality=NATIONAL, staff_id=staff_id, sequence=version)
            staff_session.learn_sessions_ended(event, uow)


def with_session(library: Flask, version: int) -> FlaskClient:
    client = library.test_client()
    with library.test_request_context():
        staff_session.start_staff_session(staff_id="s-1", role=Role.OPERATOR, version=version)
        facts = dict(session)
    with client.session_transaction() as kept:
        kept.update(facts)
    return client


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(library: Flask) -> None:
    cookie = SimpleCookie(library.test_client().get("/library/act/operator").headers["Set-Cookie"])["frist_session"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]


def test_over_https_the_cookie_only_travels_encrypted(database: Database[UnitOfWork]) -> None:
    library = make_library(database, public_url="https://frist.example")

    cookie = SimpleCookie(library.test_client().get("/library/act/operator").headers["Set-Cookie"])["frist_session"]

    assert cookie["secure"]
