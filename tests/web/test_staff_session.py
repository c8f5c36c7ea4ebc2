"""The staff's session: eight hours, and over when they sign out."""

from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from flask import Flask
from flask.testing import FlaskClient

from messaging.clock import machine_now
from messaging.database import Database
from messaging.unit_of_work import UnitOfWork
from tests.web.conftest import make_library
from web import staff_session

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


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(library: Flask) -> None:
    cookie = SimpleCookie(library.test_client().get("/library/act/operator").headers["Set-Cookie"])["frist_session"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]


def test_over_https_the_cookie_only_travels_encrypted(database: Database[UnitOfWork]) -> None:
    library = make_library(database, public_url="https://frist.example")

    cookie = SimpleCookie(library.test_client().get("/library/act/operator").headers["Set-Cookie"])["frist_session"]

    assert cookie["secure"]
