"""Who may use a view."""

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from messaging.database import Database
from messaging.unit_of_work import UnitOfWork
from tests.web.conftest import a_key, make_library, some_settings
from tests.web.library import make_api
from web.access import AccessUndeclaredError
from web.app import create_app

BACK_OFFICE = "/library/api/staff-only"


def test_an_app_with_a_view_that_does_not_say_who_may_use_it_refuses_to_start(database: Database[UnitOfWork]) -> None:
    pages = Blueprint("pages", __name__)
    pages.add_url_rule("/forgotten", view_func=lambda: "hello", endpoint="forgotten")

    with pytest.raises(AccessUndeclaredError, match="GET /library/forgotten"):
        create_app("library", database, some_settings(), pages=[pages])


def test_a_view_added_after_the_start_is_closed_to_all(library: Flask) -> None:
    library.add_url_rule("/library/api/late", view_func=lambda: "hello", endpoint="late")

    answer = library.test_client().get("/library/api/late")

    assert answer.status_code == 401


def test_nobody_signed_in_is_told_to_sign_in(client: FlaskClient) -> None:
    answer = client.get(BACK_OFFICE)

    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["type"] == "/problems/sign_in_needed"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_page_for_staff_sends_a_visitor_to_the_sign_in(client: FlaskClient) -> None:
    answer = client.get("/library/back-office")

    assert answer.status_code == 302
    assert answer.location == "/registration/sign-in?next=%2Flibrary%2Fback-office"


def test_access_is_checked_before_the_body_is_read(client: FlaskClient) -> None:
    answer = client.put("/library/api/clock", data="no json", content_type="application/json")

    assert answer.status_code == 401


def test_a_person_with_the_role_is_let_in(operator: FlaskClient) -> None:
    answer = operator.get(BACK_OFFICE)

    assert answer.json == {"kind": "staff", "actor_id": "s-1", "role": "operator"}


def test_a_person_with_another_role_is_not(lead: FlaskClient, library: Flask) -> None:
    coach = library.test_client()
    coach.get("/library/act/coach")

    assert coach.get(BACK_OFFICE).status_code == 403
    assert lead.get("/library/back-office").status_code == 403


def test_a_session_made_in_one_service_is_valid_in_the_others(
    operator: FlaskClient, database: Database[UnitOfWork]
) -> None:
    cookie = operator.get_cookie("frist_session")
    assert cookie is not None
    assert cookie.path == "/"
    other = create_app("other", database, some_settings(), api=[make_api()]).test_client()
    other.set_cookie("frist_session", cookie.value)

    assert other.get("/other/api/staff-only").status_code == 200


def test_a_session_signed_with_another_key_is_nobody(operator: FlaskClient, database: Database[UnitOfWork]) -> None:
    cookie = operator.get_cookie("frist_session")
    assert cookie is not None
    stranger = make_library(database, secret_key="o" * 40).test_client()
    stranger.set_cookie("frist_session", cookie.value)

    assert stranger.get(BACK_OFFICE).status_code == 401


def test_a_lead_sees_the_own_municipality_only(lead: FlaskClient) -> None:
    own = lead.get("/library/api/municipalities/dk-0101")
    others = lead.get("/library/api/municipalities/dk-0751")

    assert own.status_code == 200
    assert others.status_code == 403
    assert others.json is not None
    assert others.json["municipality"] == "dk-0751"


def test_an_operator_sees_every_municipality(operator: FlaskClient) -> None:
    assert operator.get("/library/api/municipalities/dk-0751").status_code == 200


def test_a_municipalitys_key_stays_inside_its_fence(client: FlaskClient, database: Database[UnitOfWork]) -> None:
    fenced = a_key(database, municipality="dk-0101", name="fenced")
    national = a_key(database, name="national")

    assert client.get("/library/api/municipalities/dk-0101", headers=fenced).status_code == 200
    assert client.get("/library/api/municipalities/dk-0751", headers=fenced).status_code == 403
    assert client.get("/library/api/municipalities/dk-0751", headers=national).status_code == 200


def test_a_view_that_does_not_say_it_is_fenced_is_closed_to_a_municipalitys_key(
    client: FlaskClient, database: Database[UnitOfWork]
) -> None:
    answer = client.get(BACK_OFFICE, headers=a_key(database, municipality="dk-0101"))

    assert answer.status_code == 403
    assert answer.json is not None
    assert "for one municipality" in answer.json["detail"]


def test_whoever_follows_an_organisations_link_acts_as_the_organisation(client: FlaskClient) -> None:
    answer = client.get("/library/api/case/some-token")

    assert answer.json == {"kind": "organisation", "actor_id": "case-1", "role": None}


def test_staff_who_follow_a_link_stay_staff(operator: FlaskClient) -> None:
    answer = operator.get("/library/api/case/some-token")

    assert answer.json is not None
    assert answer.json["kind"] == "staff"
