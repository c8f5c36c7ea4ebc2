"""Programmes and places stay in the process, and nobody goes on for more than a moment with what is no longer so."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from messaging.database import Database
from services.registration import handlers
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from tests.registration.builders import CVR_NUMBERS, DANISH, a_registration

CASES = "/registration/api/cases"


@pytest.fixture
def elsewhere(database: Database[Any]) -> Iterator[Database[Any]]:
    """The same database as another process has it."""
    other = Database(
        "registration", database.engine.url.render_as_string(hide_password=False), RegistrationUnitOfWork, "driven"
    )
    yield other
    other.dispose()


@pytest.fixture
def no_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment for which a registration may go on with what was so is over at once."""
    monkeypatch.setattr("messaging.remembering.A_MOMENT", 0.0)


def offer(help_forms: list[str], uow: RegistrationUnitOfWork) -> None:
    definition = copy.deepcopy(uow.programmes.get(DANISH).definition)
    definition["help_forms"] = {form: definition["help_forms"].get(form, {}) for form in help_forms}
    handlers.apply_programme(definition, uow)


@pytest.mark.usefixtures("no_moment")
def test_a_programme_that_another_process_changes_counts_after_a_moment(
    client: FlaskClient, elsewhere: Database[Any]
) -> None:
    before = client.post(CASES, json=a_registration(help_forms=["desk"]))

    with elsewhere.begin() as uow:
        offer(["visit"], uow)
    after = client.post(CASES, json=a_registration(number=CVR_NUMBERS[1], help_forms=["desk"]))

    assert (before.status_code, after.status_code) == (201, 422)
    assert after.json["type"] == "/problems/help_form_refused"


def test_a_programme_that_this_process_changes_counts_at_once(client: FlaskClient, database: Database[Any]) -> None:
    before = client.post(CASES, json=a_registration(help_forms=["desk"]))

    with database.begin() as uow:
        offer(["visit"], uow)
    after = client.post(CASES, json=a_registration(number=CVR_NUMBERS[1], help_forms=["desk"]))

    assert (before.status_code, after.status_code) == (201, 422)


@pytest.mark.usefixtures("no_moment")
def test_postcodes_that_another_process_puts_count_after_a_moment(
    client: FlaskClient, elsewhere: Database[Any]
) -> None:
    before = client.post(CASES, json=a_registration(postcode="5000"))

    with elsewhere.begin() as uow:
        handlers.put_postcodes("dk", [{"postcode": "9999", "municipality": "dk-0101", "town": "Nyby"}], uow)
    gone = client.post(CASES, json=a_registration(number=CVR_NUMBERS[1], postcode="5000"))
    new = client.post(CASES, json=a_registration(number=CVR_NUMBERS[1], postcode="9999"))

    assert (before.status_code, gone.status_code, new.status_code) == (201, 422, 201)


def test_a_change_that_was_undone_is_not_remembered(database: Database[Any]) -> None:
    with pytest.raises(ZeroDivisionError), database.begin() as uow:
        offer(["visit"], uow)
        assert uow.programmes.get(DANISH).help_forms == ["visit"]
        _ = 1 / 0

    with database.begin() as uow:
        assert "desk" in uow.programmes.get(DANISH).help_forms


def test_what_is_put_twice_in_one_transaction_is_known_as_put_last(database: Database[Any]) -> None:
    with database.begin() as uow:
        handlers.put_postcodes("dk", [{"postcode": "9998", "municipality": "dk-0101", "town": "Gammelby"}], uow)
        first = uow.places.of("dk").of_postcode("9998")[0].town
        handlers.put_postcodes("dk", [{"postcode": "9998", "municipality": "dk-0101", "town": "Nyby"}], uow)
        second = uow.places.of("dk").of_postcode("9998")[0].town

    assert (first, second) == ("Gammelby", "Nyby")
