"""The letter of the campaign leads an organisation that was never heard from to registering."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from messaging.database import Database
from tests.registration.builders import AS_OPERATOR, CVR_NUMBERS, DANISH, a_registration, outbox_types
from tests.registration.test_pages import sign_in
from tests.registration.test_register_import import HEADER, a_row, send, take_all

NUMBER_STEP = f"/registration/register/{DANISH}?number={CVR_NUMBERS[0]}"


@pytest.fixture
def own_page(client: FlaskClient, database: Database[Any]) -> str:
    send(client, HEADER + a_row())
    take_all(database)
    with database.begin() as uow:
        case_id = uow.connection.execute(text("SELECT CAST(case_id AS text) FROM cases")).scalar_one()
        return f"/registration/case/{uow.links.token('case', case_id)}"


def test_the_own_page_leads_to_registering_and_offers_no_withdrawal(client: FlaskClient, own_page: str) -> None:
    page = client.get(own_page)

    assert f'href="{NUMBER_STEP}"' in page.text
    assert "withdraw" not in page.text


def test_the_number_is_filled_in(client: FlaskClient, own_page: str) -> None:
    step = client.get(NUMBER_STEP)

    assert f'value="{CVR_NUMBERS[0]}"' in step.text


@pytest.mark.parametrize(("page", "leads_to"), [("inventory", NUMBER_STEP), ("withdraw", None)])
def test_what_is_for_the_registered_leads_to_registering(
    client: FlaskClient, own_page: str, page: str, leads_to: str | None
) -> None:
    answer = client.get(f"{own_page}/{page}")

    assert (answer.status_code, answer.location) == (302, leads_to or own_page)


def test_after_registering_the_link_of_the_letter_shows_the_case(client: FlaskClient, own_page: str) -> None:
    form = {"number": CVR_NUMBERS[0], "name": "Søkilde Tømrer ApS", "kind": "company", "channel": "email"}
    form |= {"email": "michael@example.dk", "language": "da"}

    registered = client.post(f"/registration/register/{DANISH}/details", data=form)

    assert registered.location == f"{own_page}/inventory"
    assert client.get(registered.location).status_code == 200
    assert f'href="{own_page}/withdraw"' in client.get(own_page).text


def test_the_link_in_the_letter_is_not_replaced(client: FlaskClient, database: Database[Any], own_page: str) -> None:
    with database.begin() as uow:
        case_id = uow.connection.execute(text("SELECT CAST(case_id AS text) FROM cases")).scalar_one()
    told = outbox_types(database)

    answer = client.post(f"/registration/api/cases/{case_id}/link", headers=AS_OPERATOR)
    sign_in(client)
    page = client.get(f"/registration/cases/{case_id}")

    assert (answer.status_code, answer.json["type"]) == (409, "/problems/case_not_registered")
    assert f"/registration/cases/{case_id}/link" not in page.text
    assert (client.get(own_page).status_code, outbox_types(database)) == (200, told)


def test_the_link_of_who_has_registered_is_replaced_and_sent(client: FlaskClient, database: Database[Any]) -> None:
    registered = client.post("/registration/api/cases", json=a_registration()).json
    sign_in(client)
    replace = f"/registration/cases/{registered['case_id']}/link"

    page = client.get(f"/registration/cases/{registered['case_id']}")
    client.post(replace)

    assert f'action="{replace}"' in page.text
    assert outbox_types(database)[-2:] == ["contact_changed", "case_link_requested"]
    assert client.get(f"/registration/case/{registered['token']}").status_code == 404
