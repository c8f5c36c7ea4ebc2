"""Anyone can register an organisation; it gets a link of its own."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from messaging.database import Database
from tests.registration.builders import (
    AS_OPERATOR,
    CVR_NUMBERS,
    SWEDISH,
    a_registration,
    an_inventory,
    outbox_types,
)

CASES = "/registration/api/cases"


def test_registering_gives_a_case_and_its_link(client: FlaskClient, database: Database[Any]) -> None:
    response = client.post(CASES, json=a_registration())

    assert response.status_code == 201
    assert response.json["state"] == "registered"
    assert response.json["link"].endswith(f"/registration/case/{response.json['token']}")
    assert outbox_types(database) == ["case_opened", "contact_changed", "case_registered"]


def test_the_access_log_says_whether_an_organisation_or_somebody_on_its_behalf_registered(
    client: FlaskClient, database: Database[Any]
) -> None:
    own = client.post(CASES, json=a_registration()).json["case_id"]
    helped = client.post(CASES, json=a_registration(number=CVR_NUMBERS[1]), headers=AS_OPERATOR).json["case_id"]

    with database.engine.connect() as connection:
        kept = connection.execute(text("SELECT subject, on_behalf_of FROM access_log WHERE action = 'change'")).all()

    assert kept == [(f"case:{own}", None), (f"case:{helped}", f"case:{helped}")]


def test_registering_twice_finds_the_first_case_and_reveals_nothing(client: FlaskClient) -> None:
    first = client.post(CASES, json=a_registration()).json

    again = client.post(CASES, json=a_registration(email="thief@example.dk"))

    assert again.status_code == 200
    assert again.json == {"case_id": first["case_id"], "state": None, "link": None, "token": None}
    assert client.get(f"/registration/api/case/{first['token']}").json["contact"]["email"] == "michael@example.dk"


def test_the_link_is_sent_to_the_known_address_at_most_once_a_day(client: FlaskClient, database: Database[Any]) -> None:
    client.post(CASES, json=a_registration())

    for _ in range(3):
        client.post(CASES, json=a_registration())

    assert outbox_types(database)[2:] == ["case_registered", "case_link_requested"]


def test_the_same_idempotency_key_gives_the_same_answer(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "one"}
    first = client.post(CASES, json=a_registration(), headers=headers)

    again = client.post(CASES, json=a_registration(), headers=headers)

    assert (again.status_code, again.json) == (201, first.json)


def test_a_wrong_number_is_refused_beside_its_field(client: FlaskClient, database: Database[Any]) -> None:
    response = client.post(CASES, json=a_registration(number="12345678"))

    assert response.status_code == 422
    assert response.json["type"] == "/problems/number_refused"
    assert response.json["errors"][0]["field"] == "number"
    assert outbox_types(database) == []


def test_a_postcode_of_several_municipalities_asks_which(client: FlaskClient) -> None:
    response = client.post(CASES, json=a_registration(postcode="2640"))

    assert response.status_code == 422
    assert response.json["errors"][0]["field"] == "municipality"
    assert {"dk-0169", "dk-0265"} <= {place["code"] for place in response.json["municipalities"]}


def test_a_channel_without_its_address_is_refused(client: FlaskClient) -> None:
    response = client.post(CASES, json=a_registration(email=None))

    assert response.status_code == 422
    assert response.json["errors"] == [
        {"field": "email", "message": "Write an e-mail address, or choose another way to hear from us."}
    ]


def test_a_swedish_company_registers_with_its_own_number_and_municipality(client: FlaskClient) -> None:
    wish = a_registration(
        programme_id=SWEDISH, number="556036-0793", municipality="se-0180", postcode=None, help_forms=["course"]
    )

    response = client.post(CASES, json=wish)

    case = client.get(f"/registration/api/case/{response.json['token']}").json
    assert (case["organisation_id"], case["municipality"]) == ("se-orgnr-5560360793", "se-0180")


def test_the_inventory_is_assessed_once_for_the_same_answers(client: FlaskClient, database: Database[Any]) -> None:
    token = client.post(CASES, json=a_registration()).json["token"]

    answers = [client.post(f"/registration/api/case/{token}/inventory", json=an_inventory()) for _ in range(2)]

    assert [(answer.status_code, answer.json["state"]) for answer in answers] == [(200, "assessed")] * 2
    assert outbox_types(database).count("case_assessed") == 1


def test_an_unknown_topic_is_refused_by_name(client: FlaskClient) -> None:
    token = client.post(CASES, json=a_registration()).json["token"]

    response = client.post(f"/registration/api/case/{token}/inventory", json=an_inventory(topics=["juggling"]))

    assert response.status_code == 422
    assert response.json["errors"][0]["field"] == "topics"


def test_whoever_withdrew_registers_again_by_the_own_link(client: FlaskClient) -> None:
    own = f"/registration/api/case/{client.post(CASES, json=a_registration()).json['token']}"
    client.post(f"{own}/inventory", json=an_inventory())
    withdrawn = client.post(f"{own}/withdrawal")

    again = [client.post(f"{own}/registration") for _ in range(2)]

    assert withdrawn.json["state"] == "withdrawn"
    assert [(answer.status_code, answer.json["state"]) for answer in again] == [(200, "registered")] * 2
    assert client.get(own).json["levels"] is None


def test_a_withdrawn_case_is_not_taken_over_by_who_knows_the_number(
    client: FlaskClient, database: Database[Any]
) -> None:
    first = client.post(CASES, json=a_registration(address="Adressebeskyttet Vej 5")).json
    client.post(f"/registration/api/case/{first['token']}/withdrawal")

    taken = client.post(CASES, json=a_registration(email="thief@example.dk"))

    assert taken.status_code == 200
    assert taken.json == {"case_id": first["case_id"], "state": None, "link": None, "token": None}
    assert client.get(f"/registration/api/case/{first['token']}").json["contact"]["email"] == "michael@example.dk"
    assert outbox_types(database)[-1] == "case_link_requested"


@pytest.mark.parametrize(("ending", "headers"), [("unreachable", {}), ("withdrawn", AS_OPERATOR)])
def test_who_registers_anew_an_organisation_that_another_registered_sees_nothing_of_that(
    client: FlaskClient, ending: str, headers: dict[str, str]
) -> None:
    first = client.post(CASES, json=a_registration(address="Adressebeskyttet Vej 5")).json
    closure = {"state": ending, "reason": "asked"}
    client.post(f"{CASES}/{first['case_id']}/closure", json=closure, headers=AS_OPERATOR)

    anew = client.post(CASES, json=a_registration(email="new@example.dk", contact_name=None), headers=headers)

    assert (anew.status_code, anew.json["case_id"], anew.json["state"]) == (201, first["case_id"], "registered")
    assert client.get(f"/registration/api/case/{first['token']}").status_code == 404
    contact = client.get(f"/registration/api/case/{anew.json['token']}").json["contact"]
    assert (contact["address"], contact["contact_name"], contact["email"]) == (None, None, "new@example.dk")


def test_a_case_whose_duty_is_met_is_not_registered_again(client: FlaskClient) -> None:
    first = client.post(CASES, json=a_registration()).json
    closure = {"state": "fulfilled", "reason": "seen"}
    client.post(f"{CASES}/{first['case_id']}/closure", json=closure, headers=AS_OPERATOR)

    again = client.post(f"/registration/api/case/{first['token']}/registration")

    assert (again.status_code, again.json["type"]) == (409, "/problems/case_ended")


def test_an_unknown_link_opens_nothing(client: FlaskClient) -> None:
    response = client.get("/registration/api/case/AAAAAAAAAAAAAAAAAAAAAA")

    assert response.status_code == 404
    assert response.json["type"] == "/problems/link_unknown"


def test_erasing_removes_personal_data_and_keeps_the_count(client: FlaskClient, database: Database[Any]) -> None:
    case = client.post(CASES, json=a_registration()).json
    url = f"{CASES}/{case['case_id']}"

    erased = client.post(f"{url}/erasure", headers=AS_OPERATOR)

    assert erased.json["state"] == "withdrawn"
    assert outbox_types(database)[-2:] == ["case_closed", "case_erased"]
    left = client.get(url, headers=AS_OPERATOR).json
    assert (left["organisation_id"], left["contact"], left["number"]) == (None, None, None)
    states = client.get("/registration/api/programmes/dk-digital-post-2013/states", headers=AS_OPERATOR).json["states"]
    assert states == {"withdrawn": 1}


@pytest.mark.parametrize(
    "ending",
    [
        {"state": "withdrawn", "reason": "Jens Hansen died, told by his widow", "evidence": "13_44 (Hansen)"},
        {"state": "exempt", "reason": "disability"},
    ],
)
def test_erasing_removes_why_a_case_ended_and_keeps_that_it_did(
    client: FlaskClient, database: Database[Any], ending: dict[str, str]
) -> None:
    url = f"{CASES}/{client.post(CASES, json=a_registration()).json['case_id']}"
    client.post(f"{url}/closure", json=ending, headers=AS_OPERATOR)

    client.post(f"{url}/erasure", headers=AS_OPERATOR)

    left = client.get(url, headers=AS_OPERATOR).json
    assert (left["state"], left["ending_reason"]) == (ending["state"], None)
    with database.engine.connect() as connection:
        kept = connection.execute(text("SELECT ending_reason, evidence FROM cases")).one()
    assert tuple(kept) == (None, None)


def test_an_exemption_needs_one_of_the_programmes_grounds(client: FlaskClient) -> None:
    case_id = client.post(CASES, json=a_registration()).json["case_id"]
    url = f"{CASES}/{case_id}/closure"

    refused = client.post(url, json={"state": "exempt", "reason": "no time"}, headers=AS_OPERATOR)
    exempt = client.post(url, json={"state": "exempt", "reason": "no_broadband"}, headers=AS_OPERATOR)

    assert (refused.status_code, refused.json["grounds"][0]) == (422, "no_broadband")
    assert exempt.json["state"] == "exempt"


def test_staff_find_a_case_by_number_and_by_part_of_the_name(client: FlaskClient, database: Database[Any]) -> None:
    for number in CVR_NUMBERS[:3]:
        client.post(CASES, json=a_registration(number=number, name=f"Firma {number}"))

    by_number = client.get(CASES, query_string={"words": CVR_NUMBERS[1]}, headers=AS_OPERATOR).json["items"]
    first_page = client.get(CASES, query_string={"words": "firma", "limit": 2}, headers=AS_OPERATOR).json

    assert [case["number"] for case in by_number] == [CVR_NUMBERS[1]]
    rest = client.get(CASES, query_string={"words": "firma", "after": first_page["next"]}, headers=AS_OPERATOR).json
    assert len(first_page["items"]) == 2
    assert (len(rest["items"]), rest["next"]) == (1, None)


def test_nobody_lists_cases_without_signing_in(client: FlaskClient) -> None:
    assert client.get(CASES).status_code == 401
