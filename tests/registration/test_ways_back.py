"""Whoever comes to an address that shows nothing is led on."""

import re

from flask.testing import FlaskClient

from tests.registration.builders import AS_OPERATOR, CVR_NUMBERS, a_registration
from tests.registration.test_pages import STEP_1, STEP_2, details, sign_in


def test_a_refused_form_leads_on_in_another_language(client: FlaskClient) -> None:
    refused = client.post(STEP_2, data=details(email=""))
    swedish = re.search(r'href="([^"]+)" lang="sv"', refused.text)
    assert swedish is not None

    answer = client.get(swedish[1])

    assert (answer.status_code, answer.location) == (302, f"{STEP_1}?language=sv")
    assert 'lang="sv"' in client.get(answer.location).text


def test_a_link_that_has_ended_leads_to_having_it_sent_again(client: FlaskClient) -> None:
    page = client.get("/registration/case/AAAAAAAAAAAAAAAAAAAAAA", query_string={"language": "en"})

    assert page.status_code == 404
    assert "This link is no longer valid" in page.text
    assert 'href="/registration/find-case">Have the link sent again' in page.text


def test_whoever_withdrew_registers_again_on_the_own_page_and_no_one_else(client: FlaskClient) -> None:
    own = client.post(STEP_2, data=details()).location.removesuffix("/inventory")
    client.post(f"{own}/withdraw")

    stranger = client.post(STEP_1, data={"number": CVR_NUMBERS[0]}, query_string={"language": "en"})
    page = client.get(own)
    again = client.post(f"{own}/register-again")

    assert "This organisation is registered already" in stranger.text
    assert f'action="{own}/register-again"' in page.text
    assert again.location == f"{own}/inventory"


def test_staff_register_again_what_was_withdrawn(client: FlaskClient) -> None:
    own = client.post(STEP_2, data=details(address="Adressebeskyttet Vej 5")).location.removesuffix("/inventory")
    client.post(f"{own}/withdraw")
    sign_in(client)

    step = client.post(STEP_1, data={"number": CVR_NUMBERS[0]})
    registered = client.post(STEP_2, data=details())

    assert 'name="channel"' in step.text
    assert "/registration/cases/" in registered.location
    assert client.get(own).status_code == 404


def test_whoever_sends_the_details_again_is_told_of_the_link_and_not_that_all_is_kept(client: FlaskClient) -> None:
    client.post(STEP_2, data=details())

    again = client.post(STEP_2, data=details(email="another@example.dk"), query_string={"language": "en"})

    assert again.status_code == 200
    assert "This organisation is registered already" in again.text
    assert "You are registered." not in again.text
    assert 'action="/registration/find-case"' in again.text


def test_staff_who_send_the_details_again_are_led_to_the_case_that_is_there(client: FlaskClient) -> None:
    client.post(STEP_2, data=details())
    sign_in(client)

    again = client.post(STEP_2, data=details(email="another@example.dk"), query_string={"language": "en"})
    page = client.get(again.location)

    assert again.location == f"/registration/cases?words={CVR_NUMBERS[0]}"
    assert "This organisation was registered before; nothing was changed." in page.text
    assert "The organisation is registered." not in page.text


def test_an_organisation_out_of_reach_is_offered_a_new_address_and_no_withdrawal(client: FlaskClient) -> None:
    case = client.post("/registration/api/cases", json=a_registration(language="en")).json
    own = f"/registration/case/{case['token']}"
    closure = {"state": "unreachable", "reason": "no_address_left"}
    client.post(f"/registration/api/cases/{case['case_id']}/closure", json=closure, headers=AS_OPERATOR)
    page = client.get(own).text

    refused = client.post(f"{own}/withdraw")

    assert f'href="{own}/contact"' in page
    assert f'href="{own}/withdraw"' not in page
    assert refused.location == own
    assert "The case has ended, so this can no longer be done." in client.get(own).text
