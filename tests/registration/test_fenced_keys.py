"""What a key for one municipality may not: touch another's cases, and what is the whole country's."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from messaging.database import Database
from tests.registration.builders import AS_OPERATOR, a_registration
from web.keys import issue_key

STAFF = "/registration/api/staff"
AN_OPERATOR = {"name": "Eva Holm", "email": "eva@frist.example", "role": "operator"}


def a_key_of(municipality: str, database: Database[Any]) -> dict[str, str]:
    scopes = ["cases:erase", "cases:read", "programmes:write", "register:import", "staff:sign-in", "staff:write"]
    with database.begin() as uow:
        return {"Authorization": f"Bearer {issue_key(uow.connection, municipality, scopes, municipality)}"}


def test_only_the_cases_of_the_own_municipality_are_erased(client: FlaskClient, database: Database[Any]) -> None:
    case_id = client.post("/registration/api/cases", json=a_registration()).json["case_id"]  # type: ignore[index]
    address = f"/registration/api/cases/{case_id}/erasure"

    others = client.post(address, headers=a_key_of("dk-0101", database))
    still_there = client.get(f"/registration/api/cases/{case_id}", headers=AS_OPERATOR).json
    own = client.post(address, headers=a_key_of("dk-0461", database))

    assert others.status_code == 403
    assert still_there["contact"] is not None  # type: ignore[index]
    assert own.status_code == 200


def test_erasing_twice_changes_nothing(client: FlaskClient) -> None:
    case_id = client.post("/registration/api/cases", json=a_registration()).json["case_id"]  # type: ignore[index]

    answers = [client.post(f"/registration/api/cases/{case_id}/erasure", headers=AS_OPERATOR) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_staff_are_nobodys_who_has_a_municipalitys_key(client: FlaskClient, database: Database[Any]) -> None:
    staff_id = client.post(STAFF, json=AN_OPERATOR, headers=AS_OPERATOR).json["staff_id"]  # type: ignore[index]
    fenced = a_key_of("dk-0101", database)

    answers = [
        client.get(STAFF, headers=fenced),
        client.post(STAFF, json={**AN_OPERATOR, "email": "me@frist.example"}, headers=fenced),
        client.put(f"{STAFF}/{staff_id}", json={**AN_OPERATOR, "active": False}, headers=fenced),
        client.post(f"{STAFF}/{staff_id}/sign-in-link", headers=fenced),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert len(client.get(STAFF, headers=AS_OPERATOR).json["items"]) == 1  # type: ignore[index]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "programmes/dk-digital-post-2013"),
        ("GET", "programmes/dk-digital-post-2013/states"),
        ("PUT", "municipalities/dk"),
        ("PUT", "postcodes/dk"),
        ("POST", "programmes/dk-digital-post-2013/register"),
        ("GET", "imports"),
    ],
)
def test_what_is_the_whole_countrys_is_closed(
    client: FlaskClient, database: Database[Any], method: str, path: str
) -> None:
    answer = client.open(f"/registration/api/{path}", method=method, headers=a_key_of("dk-0101", database))

    assert answer.status_code == 403
