"""Which forms of help suit an organisation is asked when it registers, and can be changed with its answers."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from frist_contracts import CaseAssessed
from messaging.database import Database
from tests.registration.builders import AS_OPERATOR, a_registration, an_inventory, outbox_events, outbox_types
from tests.registration.test_mistakes_in_forms import summary_of
from tests.registration.test_pages import STEP_2, answers, details, sign_in


def ticked(page: str) -> list[str]:
    """The forms of help that are ticked."""
    return re.findall(r'name="help_forms" value="(\w+)" checked', page)


def told(database: Database[Any]) -> list[list[str]]:
    """The forms of help of each inventory that the others were told of."""
    return [event.help_forms for event in outbox_events(database, CaseAssessed)]


@pytest.fixture
def case(client: FlaskClient) -> Any:
    """A case that asked for a desk only."""
    return client.post("/registration/api/cases", json=a_registration()).json


def test_other_forms_are_accepted_with_the_same_answers_and_the_others_hear_it(
    client: FlaskClient, database: Database[Any], case: Any
) -> None:
    own = f"/registration/api/case/{case['token']}"
    client.post(f"{own}/inventory", json=an_inventory())

    changed = [client.post(f"{own}/inventory", json=an_inventory(help_forms=["visit", "desk"])) for _ in range(2)]

    assert [answer.status_code for answer in changed] == [200, 200]
    assert client.get(own).json["help_forms"] == ["desk", "visit"]
    assert told(database) == [["desk"], ["desk", "visit"]]


def test_answers_that_say_nothing_of_forms_leave_them(client: FlaskClient, database: Database[Any], case: Any) -> None:
    own = f"/registration/api/case/{case['token']}"
    client.post(f"{own}/inventory", json=an_inventory(help_forms=["course"]))

    client.post(f"{own}/inventory", json=an_inventory(topics=["vat_reporting"]))

    assert told(database) == [["course"], ["course"]]


@pytest.mark.parametrize("wished", [[], ["juggling"]])
def test_none_at_all_or_an_unknown_form_is_refused(
    client: FlaskClient, database: Database[Any], case: Any, wished: list[str]
) -> None:
    refused = client.post(
        f"/registration/api/cases/{case['case_id']}/inventory",
        json=an_inventory(help_forms=wished),
        headers=AS_OPERATOR,
    )

    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"].startswith("help_forms")
    assert "case_assessed" not in outbox_types(database)


def test_a_form_that_the_programme_no_longer_offers_is_refused(
    client: FlaskClient, database: Database[Any], case: Any
) -> None:
    with database.begin() as uow:
        uow.connection.execute(text("UPDATE programmes SET definition = definition #- '{help_forms,visit}'"))

    refused = client.post(
        f"/registration/api/case/{case['token']}/inventory", json=an_inventory(help_forms=["desk", "visit"])
    )

    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "help_forms")


def test_the_own_page_begins_with_what_is_accepted_now_and_changes_it(client: FlaskClient) -> None:
    inventory = client.post(STEP_2, data=details()).location
    before = ticked(client.get(inventory).text)

    client.post(inventory, data=answers(help_forms=["visit"]))

    assert before == ["desk", "course"]
    assert ticked(client.get(inventory).text) == ["visit"]
    own_page = client.get(inventory.removesuffix("/inventory"), query_string={"language": "en"}).text
    assert "A coach visits us" in own_page


def test_staff_change_the_forms_on_behalf(client: FlaskClient) -> None:
    sign_in(client)
    case_page = client.post(STEP_2, data=details()).location
    before = ticked(client.get(f"{case_page}/inventory").text)

    answered = client.post(f"{case_page}/inventory", data=answers(help_forms=["course", "visit"]))

    assert (before, answered.status_code) == (["desk", "course"], 302)
    assert ticked(client.get(f"{case_page}/inventory").text) == ["visit", "course"]
    assert "A coach visits us" in client.get(case_page, query_string={"language": "en"}).text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("da", "Vælg mindst én form for hjælp."),
        ("sv", "Välj minst en form av hjälp."),
        ("en", "Choose at least one form of help."),
    ],
)
def test_leaving_all_forms_out_is_said_beside_them(client: FlaskClient, language: str, sentence: str) -> None:
    inventory = client.post(STEP_2, data=details(language=language)).location

    page = client.post(inventory, data=answers(help_forms=[]))

    assert page.status_code == 422
    assert 'id="help_forms-error"' in page.text
    [(field, said)] = summary_of(page.text)
    assert (field, said.endswith(sentence)) == ("help_forms", True)
