"""The letter of the campaign leads an organisation that was never heard from to registering."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from messaging.database import Database
from tests.registration.builders import CVR_NUMBERS, DANISH
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
