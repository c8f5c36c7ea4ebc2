"""Anyone can register an organisation; it gets a link of its own."""

from typing import Any

from flask.testing import FlaskClient

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


def test_registering_twice_finds_the_first_case_and_reveals_nothing(client: FlaskClient) -> None:
    first = client.post(CASES, json=a_registration()).json

    again = client.post(CASES, json=a_registration(email="thief@example.dk"))

    assert again.status_code == 200
    assert again.json == {"case_id": first["case_id"], "state": None, "link": None, "token": None}
    assert client.get(f"/registration/api/case/{first['token']}").json["contact"]["email"] == "michael@example.dk"


def test_the_link_is_sent_to_the_known_address_at_most_once_an_hour(
    client: FlaskClient, database: Database[Any]
) -> None:
    client.post(CASES, json=a_registration())

    for _ in range(3):
        client.post(CASES, json=a_registration())

    assert outbox_types(database).count("case_registered") == 2


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


def test_withdrawing_and_registering_again_reopens_the_same_case_with_a_new_link(client: FlaskClient) -> None:
    first = client.post(CASES, json=a_registration()).json
    client.post(f"/registration/api/case/{first['token']}/inventory", json=an_inventory())
    withdrawn = client.post(f"/registration/api/case/{first['token']}/withdrawal")

    again = client.post(CASES, json=a_registration(email="new@example.dk"))

    assert withdrawn.json["state"] == "withdrawn"
    assert again.status_code == 201
    assert (again.json["case_id"], again.json["state"]) == (first["case_id"], "registered")
    assert client.get(f"/registration/api/case/{first['token']}").status_code == 404
    assert client.get(f"/registration/api/case/{again.json['token']}").json["levels"] is None


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
