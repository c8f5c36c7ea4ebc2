"""What pages of registration tell: whose answers, which address, whether there is still help."""

from typing import Any

from flask.testing import FlaskClient

from messaging.database import Database
from tests.registration.builders import a_registration
from tests.registration.test_pages import english, set_time, sign_in


def register(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    return dict(client.post("/registration/api/cases", json=a_registration(**changes)).json)


def test_a_programme_whose_deadline_has_passed_is_offered_with_the_help_there_still_is(
    client: FlaskClient, database: Database[Any]
) -> None:
    set_time(database, "2013-11-01 12:00+01")
    in_time = english(client, "/registration/register")
    set_time(database, "2013-11-02 12:00+01")

    too_late = english(client, "/registration/register")

    assert "The deadline is 1 Nov 2013." in in_time
    assert "The deadline has passed. You can still get help." in too_late
    assert "The deadline is 1 Nov 2013." not in too_late


def test_a_postal_address_is_written_as_on_a_letter(client: FlaskClient) -> None:
    case = register(client, address="Istedgade 1", postcode="1650", city="København V")

    assert "Istedgade 1, 1650 København V" in english(client, f"/registration/case/{case['token']}")


def test_whoever_answers_on_behalf_sees_whose_answers_they_are(client: FlaskClient) -> None:
    case = register(client, name="Søkilde Tømrer ApS")
    sign_in(client)

    page = english(client, f"/registration/cases/{case['case_id']}/inventory")

    assert "Søkilde Tømrer ApS" in page
