"""What somebody has registered is not another's for the asking, and what the link does not show stays hidden."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from messaging.database import Database
from messaging.identifiers import new_id
from services.registration import handlers
from tests.registration.builders import AS_OPERATOR, DANISH, a_registration
from tests.registration.test_register_import import HEADER, a_row, send, take_all
from web.keys import issue_key
from web.links import LinkUnknown

CASES = "/registration/api/cases"
HERE, ELSEWHERE = "dk-0461", "dk-0101"


def a_key(database: Database[Any], scope: str, municipality: str | None) -> dict[str, str]:
    with database.begin() as uow:
        return {"Authorization": f"Bearer {issue_key(uow.connection, 'a key', [scope], municipality)}"}


def a_withdrawn_case(client: FlaskClient) -> Any:
    first: Any = client.post(CASES, json=a_registration(municipality=HERE)).json
    client.post(f"/registration/api/case/{first['token']}/withdrawal")
    return first


@pytest.mark.parametrize(
    ("scope", "municipality", "status"),
    [
        ("reports:read", None, 200),
        ("reports:read", HERE, 200),
        ("cases:write", ELSEWHERE, 200),
        ("cases:write", HERE, 201),
        ("cases:write", None, 201),
    ],
)
def test_a_withdrawn_case_is_opened_again_by_who_writes_cases_there(
    client: FlaskClient, database: Database[Any], scope: str, municipality: str | None, status: int
) -> None:
    first = a_withdrawn_case(client)
    key = a_key(database, scope, municipality)

    anew = client.post(CASES, json=a_registration(municipality=HERE, email="new@example.dk"), headers=key)

    assert anew.status_code == status
    assert (anew.json["token"] is None) is (status == 200)
    is_still_the_owners = client.get(f"/registration/api/case/{first['token']}").status_code == 200
    assert is_still_the_owners is (status == 200)


def test_a_hidden_address_stays_hidden_when_staff_send_it_back_with_another_change(
    client: FlaskClient, database: Database[Any]
) -> None:
    send(client, HEADER + a_row())
    take_all(database)
    case: Any = client.post(CASES, json=a_registration(municipality=HERE, channel="letter")).json
    kept: Any = client.get(f"{CASES}/{case['case_id']}", headers=AS_OPERATOR).json["contact"]
    address = {name: kept[name] for name in ("address", "postcode", "city")}
    corrected = {"name": "Søkilde Tømrer ApS", "email": "corrected@example.dk", "channel": "email", **address}

    sent = client.put(f"{CASES}/{case['case_id']}/contact", json=corrected, headers=AS_OPERATOR)

    shown: Any = client.get(f"/registration/api/case/{case['token']}").json["contact"]
    assert sent.status_code == 200
    assert address["address"] == "Vestergade 1"
    assert (shown["email"], shown["address"], shown["postcode"], shown["city"]) == (
        "corrected@example.dk",
        None,
        None,
        None,
    )


def test_a_case_that_was_erased_since_its_link_was_looked_up_is_not_opened_again(
    client: FlaskClient, database: Database[Any]
) -> None:
    case_id = a_withdrawn_case(client)["case_id"]
    with database.begin() as uow:
        handlers.erase_case(case_id, "staff:1", uow)

    with pytest.raises(LinkUnknown), database.begin() as uow:
        handlers.register_again(case_id, "organisation", uow)


def test_what_is_left_of_a_file_that_stopped_coming_is_gone_after_a_day(
    database: Database[Any],
) -> None:
    old, new = new_id(), new_id()
    with database.begin() as uow:
        for run_id in (old, new):
            uow.imports.start(run_id, DANISH, "staff:1")
            uow.imports.stage(run_id, [(2, ["99734299", "company", "Søkilde", "Vestergade 1", "5000", "", ""])])
        uow.connection.execute(
            text("UPDATE import_runs SET started_at = now() - interval '25 hours' WHERE run_id = :id"), {"id": old}
        )

    with database.begin() as uow:
        found = handlers.break_off_abandoned(uow)

    with database.begin() as uow:
        assert (found, handlers.break_off_abandoned(uow)) == (1, 0)
        assert [uow.imports.get(run).state for run in (old, new)] == ["broken", "receiving"]
        left = uow.connection.execute(text("SELECT run_id::text FROM import_rows")).scalars().all()
    assert left == [new]
