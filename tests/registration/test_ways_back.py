"""Whoever comes to an address that shows nothing is led on."""

import re

from flask.testing import FlaskClient

from tests.registration.test_pages import STEP_1, STEP_2, details


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
