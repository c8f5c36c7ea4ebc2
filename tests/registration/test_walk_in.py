"""A coach registers who walks in: in the own municipality up to its questions and its seat, elsewhere no further."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from messaging.database import Database
from tests.registration.builders import AS_OPERATOR, CVR_NUMBERS, a_registration, an_inventory
from tests.registration.test_pages import STEP_1, STEP_2, details, english, sign_in

LEVELS = {f"level-{topic}": level for topic, level in an_inventory()["levels"].items()}
SAME_ORIGIN = {"X-Requested-With": "frist"}


@pytest.fixture
def coach(client: FlaskClient) -> FlaskClient:
    """A coach of Odense, signed in."""
    return _signed_in(client, "dk-0461")


def _signed_in(client: FlaskClient, municipality: str) -> FlaskClient:
    body = {"name": "Bo", "email": "bo@example.dk", "role": "coach", "municipality": municipality, "coach_id": "c-1"}
    staff_id = client.post("/registration/api/staff", json=body, headers=AS_OPERATOR).json["staff_id"]
    link = client.post(f"/registration/api/staff/{staff_id}/sign-in-link", headers=AS_OPERATOR).json["link"]
    client.post(link.removeprefix("http://localhost:8000"))
    return client


def _registered(client: FlaskClient, **changes: Any) -> Any:
    return client.post("/registration/api/cases", json=a_registration(**changes)).json


def test_the_menu_of_a_coach_leads_to_registering(coach: FlaskClient) -> None:
    page = coach.get(STEP_1)

    assert 'href="/registration/register"' in page.text
    assert 'href="/registration/cases"' not in page.text


def test_who_walks_in_is_registered_asked_and_led_to_a_seat(coach: FlaskClient, database: Database[Any]) -> None:
    questions = coach.post(STEP_2, data=details()).location
    asked = coach.get(questions)
    answered = coach.post(questions, data={**LEVELS, "help": ["digital_mailbox"], "help_forms": ["desk"]}).location
    case_id = answered.split("/")[3]

    assert (questions, asked.status_code) == (f"/registration/cases/{case_id}/inventory", 200)
    assert answered == f"/registration/cases/{case_id}/answered"
    assert f'href="/scheduling/cases/{case_id}/seat"' in coach.get(answered).text
    with database.engine.connect() as connection:
        entries = connection.execute(text("SELECT DISTINCT role, on_behalf_of FROM access_log WHERE action = 'change'"))
        assert ("coach", f"case:{case_id}") in {tuple(entry) for entry in entries}


def test_who_has_registered_before_goes_on_where_it_stands(client: FlaskClient) -> None:
    fresh, answered = _registered(client), _registered(client, number=CVR_NUMBERS[1])
    client.post(f"/registration/api/case/{answered['token']}/inventory", json=an_inventory())
    coach = _signed_in(client, "dk-0461")

    pages = [coach.post(STEP_1, data={"number": number}).location for number in CVR_NUMBERS[:2]]

    assert pages == [
        f"/registration/cases/{fresh['case_id']}/inventory",
        f"/registration/cases/{answered['case_id']}/answered",
    ]


def test_a_coach_goes_no_further_with_another_municipalitys_case(client: FlaskClient) -> None:
    case = _registered(client)
    coach = _signed_in(client, "dk-0101")
    address = f"/registration/cases/{case['case_id']}"

    known = coach.post(STEP_1, data={"number": CVR_NUMBERS[0]})
    registered = coach.post(STEP_2, data=details(number=CVR_NUMBERS[1]))
    refused = [coach.get(f"{address}/{page}").status_code for page in ("inventory", "answered")]
    written = coach.post(f"/registration/api{address[13:]}/inventory", json=an_inventory(), headers=SAME_ORIGIN)

    assert (known.status_code, case["case_id"] in known.text) == (200, False)
    assert registered.location == "/scheduling/day"
    assert (refused, written.status_code) == ([403, 403], 403)


def test_a_coach_answers_over_http_and_does_nothing_else_with_the_case(coach: FlaskClient) -> None:
    case = _registered(coach)
    address = f"/registration/api/cases/{case['case_id']}"

    answered = coach.post(f"{address}/inventory", json=an_inventory(), headers=SAME_ORIGIN)

    assert (answered.status_code, answered.json["state"]) == (200, "assessed")
    assert coach.get(address).status_code == 403
    assert coach.get(f"/registration/cases/{case['case_id']}").status_code == 403


def test_of_a_case_that_ended_nothing_is_to_be_booked(coach: FlaskClient) -> None:
    case = _registered(coach)
    closure = {"state": "exempt", "reason": "no_broadband"}
    coach.post(f"/registration/api/cases/{case['case_id']}/closure", json=closure, headers=AS_OPERATOR)

    page = english(coach, f"/registration/cases/{case['case_id']}/answered")

    assert "there is nothing to book" in page
    assert "/seat" not in page


@pytest.mark.parametrize("municipality", ["dk-0101", "dk-0461"])
def test_a_lead_is_led_to_what_was_registered_in_the_own_municipality_only(
    client: FlaskClient, municipality: str
) -> None:
    _registered(client)
    sign_in(client, "lead", municipality)

    page = client.post(STEP_1, data={"number": CVR_NUMBERS[0]}, query_string={"language": "en"})

    if municipality == "dk-0461":
        assert page.location == f"/registration/cases?words={CVR_NUMBERS[0]}"
    else:
        assert (page.status_code, "This organisation is registered already" in page.text) == (200, True)
