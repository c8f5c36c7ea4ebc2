"""Whoever is signed in is so until they sign out, or until what they may do changes."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from messaging.database import Database
from tests.registration.builders import AS_OPERATOR, outbox_types

CASES = "/registration/cases"
STAFF = "/registration/api/staff"
A_LEAD = {"name": "Ida Lind", "email": "ida@odense.example", "role": "lead", "municipality": "dk-0461"}


@pytest.fixture
def staff_id(client: FlaskClient) -> str:
    """A lead who is signed in."""
    made = str(client.post(STAFF, json=A_LEAD, headers=AS_OPERATOR).json["staff_id"])  # type: ignore[index]
    sign_in(client, made)
    return made


def sign_in(client: FlaskClient, staff_id: str) -> None:
    link: Any = client.post(f"{STAFF}/{staff_id}/sign-in-link", headers=AS_OPERATOR).json
    client.post(link["link"].removeprefix("http://localhost:8000"))


def change(client: FlaskClient, staff_id: str, **changes: Any) -> None:
    answer = client.put(f"{STAFF}/{staff_id}", json={**A_LEAD, **changes}, headers=AS_OPERATOR)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "changes", [{"active": False}, {"role": "operator"}, {"municipality": "dk-0101"}, {"email": "ida@home.example"}]
)
def test_what_changes_their_rights_signs_them_out_at_once(
    client: FlaskClient, database: Database[Any], staff_id: str, changes: dict[str, Any]
) -> None:
    before = client.get(CASES).status_code

    change(client, staff_id, **changes)

    assert (before, client.get(CASES).status_code) == (200, 302)
    assert outbox_types(database) == ["staff_sessions_ended"]


def test_a_new_name_leaves_them_signed_in(client: FlaskClient, database: Database[Any], staff_id: str) -> None:
    change(client, staff_id, name="Ida Holm", language="sv")

    assert client.get(CASES).status_code == 200
    assert outbox_types(database) == []


def test_a_closed_account_makes_no_other(client: FlaskClient, staff_id: str) -> None:
    change(client, staff_id, role="operator")
    sign_in(client, staff_id)
    change(client, staff_id, role="operator", active=False)

    mine = {**A_LEAD, "email": "new@odense.example", "role": "operator"}
    answer = client.post(STAFF, json=mine, headers={"X-Requested-With": "frist"})

    assert answer.status_code == 401


def test_signing_out_ends_the_copies_of_the_cookie_too(client: FlaskClient, staff_id: str) -> None:
    cookie = client.get_cookie("frist_session")
    assert cookie is not None
    thief = client.application.test_client()
    thief.set_cookie("frist_session", cookie.value)
    before = thief.get(CASES).status_code

    client.post("/registration/sign-out")

    assert (before, thief.get(CASES).status_code) == (200, 302)


def test_one_signs_in_again_after_it(client: FlaskClient, staff_id: str) -> None:
    client.post("/registration/sign-out")

    sign_in(client, staff_id)

    assert client.get(CASES).status_code == 200
