"""An organisation that moves is a case of its new municipality, whoever says so: the register, staff or itself."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from frist_contracts import CaseOpened, CaseProgressed, CaseRegistered, ContactChanged, Lane
from messaging.database import Database
from tests.registration.builders import (
    AS_OPERATOR,
    CVR_NUMBERS,
    a_registration,
    an_inventory,
    outbox_events,
    outbox_types,
)
from tests.registration.test_pages import english, sign_in
from tests.registration.test_register_import import HEADER, a_row, counts, report, send, take_all

ODENSE, AARHUS, COPENHAGEN = "dk-0461", "dk-0751", "dk-0101"
IN_AARHUS = {"address": "Nørregade 9", "postcode": "8000", "city": "Aarhus C"}
ENDINGS = ("fulfilled", "withdrawn", "unreachable", "exempt")


def imported(client: FlaskClient, database: Database[Any], *rows: str) -> tuple[int, int, int, int]:
    run = send(client, HEADER + "".join(rows))
    take_all(database)
    return counts(report(client, run))


def a_contact(**changes: Any) -> dict[str, Any]:
    return {"name": "Søkilde Tømrer ApS", "email": "michael@example.dk", "channel": "email", **changes}


def registered(client: FlaskClient, **changes: Any) -> Any:
    return client.post("/registration/api/cases", json=a_registration(**changes)).json


def cases_in(client: FlaskClient, municipality: str) -> list[Any]:
    wanted = {"municipality": municipality}
    found: list[Any] = client.get("/registration/api/cases", query_string=wanted, headers=AS_OPERATOR).json["items"]
    return found


def place_of(client: FlaskClient, case: Any) -> str:
    shown: Any = client.get(f"/registration/api/cases/{case['case_id']}", headers=AS_OPERATOR).json
    return str(shown["municipality"])


def close(client: FlaskClient, case: Any, state: str) -> None:
    body = {"state": state, "reason": "no_broadband"}
    client.post(f"/registration/api/cases/{case['case_id']}/closure", json=body, headers=AS_OPERATOR)


@pytest.mark.parametrize("told_by", [{"municipality": "0751"}, IN_AARHUS, {"postcode": "8000", "address": ""}])
def test_a_row_with_another_municipality_moves_the_case_and_tells_everybody(
    client: FlaskClient, database: Database[Any], told_by: dict[str, str]
) -> None:
    imported(client, database, a_row())

    again = [imported(client, database, a_row(**told_by)) for _ in range(2)]

    assert again == [(0, 1, 0, 0), (0, 0, 1, 0)]
    assert (len(cases_in(client, ODENSE)), len(cases_in(client, AARHUS))) == (0, 1)
    assert outbox_types(database) == ["case_opened", "contact_changed", "contact_changed", "case_progressed"]
    told = outbox_events(database, CaseOpened, ContactChanged, CaseProgressed)
    assert [event.municipality for event in told] == [ODENSE, ODENSE, AARHUS, AARHUS]
    assert [event.sequence for event in told] == [1, 2, 3, 4]
    assert {event.state for event in told} == {"obliged"}


def test_a_move_by_the_register_holds_up_nobody(client: FlaskClient, database: Database[Any]) -> None:
    imported(client, database, a_row())
    imported(client, database, a_row(**IN_AARHUS))

    with database.engine.connect() as connection:
        lanes = connection.execute(text("SELECT DISTINCT lane FROM outbox WHERE type LIKE '%case_%'")).scalars()
        assert set(lanes) == {Lane.BULK}


def test_who_registered_moves_with_the_register_and_keeps_its_own_address(
    client: FlaskClient, database: Database[Any]
) -> None:
    case = registered(client, address="Eget Hus 1")
    client.post(f"/registration/api/case/{case['token']}/inventory", json=an_inventory())

    moved = imported(client, database, a_row(**IN_AARHUS))

    assert moved == (0, 1, 0, 0)
    own: Any = client.get(f"/registration/api/case/{case['token']}").json
    assert (own["municipality"], own["state"], own["contact"]["address"]) == (AARHUS, "assessed", "Eget Hus 1")
    (progressed,) = outbox_events(database, CaseProgressed)
    assert (progressed.municipality, progressed.state) == (AARHUS, "assessed")
    assert outbox_events(database, ContactChanged)[-1].municipality == AARHUS
    assert len(outbox_events(database, CaseRegistered)) == 1


def test_letters_follow_the_register_for_who_registered_and_gave_no_address(
    client: FlaskClient, database: Database[Any]
) -> None:
    imported(client, database, a_row())
    case = registered(client, name="Michaels Tømrerfirma", contact_name=None, postcode="5000")

    moved = [imported(client, database, a_row(**where)) for where in ({}, IN_AARHUS, IN_AARHUS)]

    assert moved == [(0, 0, 1, 0), (0, 1, 0, 0), (0, 0, 1, 0)]
    told = outbox_events(database, ContactChanged)[-1]
    assert (told.organisation_name, told.address, told.municipality) == ("Michaels Tømrerfirma", "Nørregade 9", AARHUS)
    own: Any = client.get(f"/registration/api/case/{case['token']}").json
    assert (own["contact"]["address"], own["municipality"]) == (None, AARHUS)


def test_a_contact_person_of_who_is_not_heard_from_makes_no_news_of_the_same_row(
    client: FlaskClient, database: Database[Any]
) -> None:
    imported(client, database, a_row())
    (case,) = cases_in(client, ODENSE)
    given = a_contact(name="Michaels Tømrerfirma", contact_name="Michael Søkilde")
    client.put(f"/registration/api/cases/{case['case_id']}/contact", json=given, headers=AS_OPERATOR)

    assert imported(client, database, a_row()) == (0, 0, 1, 0)


def test_the_sequences_go_on_after_a_move_by_the_register(client: FlaskClient, database: Database[Any]) -> None:
    imported(client, database, a_row())
    imported(client, database, a_row(**IN_AARHUS))

    registered(client, postcode="8000")

    told = outbox_events(database, CaseOpened, ContactChanged, CaseProgressed, CaseRegistered)
    assert [event.sequence for event in told] == [1, 2, 3, 4, 5, 6]
    assert told[-1].municipality == AARHUS


@pytest.mark.parametrize("state", ENDINGS)
def test_a_case_that_ended_stays_where_it_is_counted(client: FlaskClient, database: Database[Any], state: str) -> None:
    case = registered(client, address="Eget Hus 1")
    close(client, case, state)
    told = outbox_types(database)

    again = imported(client, database, a_row(**IN_AARHUS))

    assert again == (0, 0, 1, 0)
    assert (place_of(client, case), outbox_types(database)) == (ODENSE, told)


@pytest.mark.parametrize("address", [None, "Eget Hus 1"])
def test_who_comes_back_after_the_register_told_of_the_move_is_moved_by_the_next_one(
    client: FlaskClient, database: Database[Any], address: str | None
) -> None:
    case = registered(client, address=address, postcode="5000")
    client.post(f"/registration/api/case/{case['token']}/withdrawal")
    imported(client, database, a_row(**IN_AARHUS))
    client.post(f"/registration/api/case/{case['token']}/registration")

    imported(client, database, a_row(**IN_AARHUS))

    expected = ODENSE if address else AARHUS  # its own address says that it is where the case is
    assert place_of(client, case) == expected


@pytest.mark.parametrize("who", ["own", "staff"])
@pytest.mark.parametrize("where", [{"postcode": "8000"}, IN_AARHUS])
def test_another_postcode_moves_the_case_and_tells_everybody(
    client: FlaskClient, database: Database[Any], who: str, where: dict[str, str]
) -> None:
    case = registered(client)
    own = who == "own"
    path = f"case/{case['token']}" if own else f"cases/{case['case_id']}"
    headers = {} if own else AS_OPERATOR

    for _ in range(2):
        client.put(f"/registration/api/{path}/contact", json=a_contact(**where), headers=headers)

    assert place_of(client, case) == AARHUS
    told = outbox_events(database, ContactChanged, CaseProgressed)
    kinds = [(type(event), event.municipality) for event in told]
    assert kinds == [
        (ContactChanged, ODENSE),
        (ContactChanged, AARHUS),
        (CaseProgressed, AARHUS),
        (ContactChanged, AARHUS),
    ]
    assert told[1].postcode == "8000"


@pytest.mark.parametrize("postcode", ["2640", "9999", "5000", None])
def test_a_postcode_that_tells_no_other_municipality_moves_nothing(
    client: FlaskClient, database: Database[Any], postcode: str | None
) -> None:
    case = registered(client)

    client.put(f"/registration/api/case/{case['token']}/contact", json=a_contact(postcode=postcode))

    assert place_of(client, case) == ODENSE
    assert "case_progressed" not in outbox_types(database)


def test_an_unreachable_case_in_reach_again_is_told_once_in_its_new_municipality(
    client: FlaskClient, database: Database[Any]
) -> None:
    case = registered(client)
    close(client, case, "unreachable")

    client.put(f"/registration/api/case/{case['token']}/contact", json=a_contact(**IN_AARHUS))

    told = outbox_events(database, CaseRegistered, CaseProgressed)
    assert [(type(event), event.municipality) for event in told] == [(CaseRegistered, ODENSE), (CaseRegistered, AARHUS)]


def test_the_same_old_row_takes_nobody_back_who_said_where_it_is(client: FlaskClient, database: Database[Any]) -> None:
    imported(client, database, a_row())
    case = registered(client)
    client.put(f"/registration/api/case/{case['token']}/contact", json=a_contact(**IN_AARHUS))

    same = imported(client, database, a_row())
    then = imported(client, database, a_row(postcode="1050", city="København K"))

    assert (same, then) == ((0, 0, 1, 0), (0, 1, 0, 0))
    assert place_of(client, case) == COPENHAGEN


def test_contact_data_saved_again_do_not_undo_a_move_by_the_register(
    client: FlaskClient, database: Database[Any]
) -> None:
    case = registered(client, address="Eget Hus 1")
    imported(client, database, a_row(**IN_AARHUS))

    client.put(
        f"/registration/api/case/{case['token']}/contact",
        json=a_contact(address="Eget Hus 1", postcode="5000", phone="20304050"),
    )

    assert place_of(client, case) == AARHUS


def test_who_registers_from_another_municipality_than_the_registers_is_there(
    client: FlaskClient, database: Database[Any]
) -> None:
    imported(client, database, a_row())

    case = registered(client, **IN_AARHUS)

    assert place_of(client, case) == AARHUS
    assert [event.municipality for event in outbox_events(database, CaseRegistered)] == [AARHUS]


def test_a_postcode_without_a_street_ends_the_street_before_it(client: FlaskClient, database: Database[Any]) -> None:
    imported(client, database, a_row())
    case = registered(client)
    own = f"/registration/api/case/{case['token']}/contact"

    by_letter = client.put(own, json=a_contact(postcode="8000", channel="letter"))
    by_mail = client.put(own, json=a_contact(postcode="8000"))

    assert (by_letter.status_code, by_letter.json["errors"][0]["field"]) == (422, "address")
    assert by_mail.status_code == 200
    told = outbox_events(database, ContactChanged)[-1]
    assert (told.address, told.postcode, told.municipality) == (None, "8000", AARHUS)


def test_the_lead_of_the_new_municipality_sees_the_case_and_the_old_one_no_longer(client: FlaskClient) -> None:
    case = registered(client)
    client.put(f"/registration/api/case/{case['token']}/contact", json=a_contact(**IN_AARHUS))
    page = f"/registration/cases/{case['case_id']}"

    sign_in(client, "lead", ODENSE)
    before = client.get(page).status_code, case["case_id"] in client.get("/registration/cases").text
    client.delete_cookie("session")
    sign_in(client, "operator")
    history = english(client, page)

    assert before == (403, False)
    assert "Moved to another municipality" in history


def test_a_lead_who_moves_a_case_away_is_told_so_and_led_back_to_the_own(client: FlaskClient) -> None:
    case = registered(client)
    sign_in(client, "lead", ODENSE)

    saved = client.post(f"/registration/cases/{case['case_id']}/contact", data=a_contact(language="da", **IN_AARHUS))
    page = client.get(saved.location).text

    assert saved.location == "/registration/cases"
    assert "Det nye postnummer ligger i en anden kommune" in page
    assert case["case_id"] not in page


def test_only_the_organisations_that_moved_are_moved(client: FlaskClient, database: Database[Any]) -> None:
    imported(client, database, *map(a_row, CVR_NUMBERS))

    again = imported(client, database, *(a_row(number, municipality="0751") for number in CVR_NUMBERS[:2]))

    assert again == (0, 2, 0, 0)
    assert (len(cases_in(client, ODENSE)), len(cases_in(client, AARHUS))) == (3, 2)
