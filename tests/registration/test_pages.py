"""What people meet: two steps to register, their own page, staff at work; all of it without JavaScript."""

import io
import re
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from messaging.database import Database
from tests.registration.builders import (
    AS_OPERATOR,
    CVR_NUMBERS,
    DANISH,
    SWEDISH,
    a_registration,
    an_inventory,
    outbox_types,
)

STEP_1 = f"/registration/register/{DANISH}"
STEP_2 = f"{STEP_1}/details"


def details(**changes: Any) -> dict[str, Any]:
    form = {
        "number": CVR_NUMBERS[0],
        "name": "Søkilde Tømrer ApS",
        "kind": "company",
        "postcode": "5000",
        "channel": "email",
        "email": "michael@example.dk",
        "language": "da",
        "help_forms": ["desk", "course"],
    }
    return form | changes


def answers(**changes: Any) -> dict[str, Any]:
    """The inventory as its page sends it."""
    levels = {f"level-{topic}": level for topic, level in an_inventory()["levels"].items()}
    return {**levels, "help_forms": ["desk"], **changes}


def sign_in(client: FlaskClient, role: str = "operator", municipality: str | None = None) -> None:
    body = {"name": "Karen Holm", "email": f"{role}@example.dk", "role": role, "municipality": municipality}
    staff_id = client.post("/registration/api/staff", json=body, headers=AS_OPERATOR).json["staff_id"]
    link = client.post(f"/registration/api/staff/{staff_id}/sign-in-link", headers=AS_OPERATOR).json["link"]
    client.post(link.removeprefix("http://localhost:8000"))


def set_time(database: Database[Any], now: str) -> None:
    kept = "INSERT INTO business_clock (now) VALUES (:now) ON CONFLICT (only_row) DO UPDATE SET now = excluded.now"
    with database.engine.begin() as connection:
        connection.execute(text(kept), {"now": now})


def english(client: FlaskClient, path: str) -> str:
    return str(client.get(path, query_string={"language": "en"}).text)


def test_nobody_is_asked_to_register_before_a_day_that_is_past(client: FlaskClient, database: Database[Any]) -> None:
    set_time(database, "2013-11-01 12:00+01")
    in_time = english(client, STEP_1)
    set_time(database, "2013-11-02 12:00+01")

    too_late = english(client, STEP_1)

    assert "before 1 Nov 2013" in in_time
    assert "The deadline has passed. You can still get help." in too_late
    assert "before 1 Nov 2013" not in too_late


def test_registering_takes_two_forms_and_leads_to_the_questions(client: FlaskClient, database: Database[Any]) -> None:
    first = client.post(STEP_1, data={"number": CVR_NUMBERS[0]})
    second = client.post(STEP_2, data=details())

    assert first.status_code == 200
    assert second.status_code == 302
    assert re.search(r"/registration/case/[\w-]{22}/inventory$", second.location)
    assert outbox_types(database) == ["case_opened", "contact_changed", "case_registered"]


def test_answers_are_kept_and_the_own_page_shows_what_is_left(client: FlaskClient) -> None:
    inventory = client.post(STEP_2, data=details()).location
    own_page = inventory.removesuffix("/inventory")

    client.post(inventory, data=answers(help=["digital_signature"]))

    page = english(client, own_page)
    assert "We are looking for a time for you" in page
    assert page.index("Digital signature for businesses") < page.index("Digital mailbox")
    assert "/scheduling/case/" in page


def test_a_wrong_number_stays_in_its_field(client: FlaskClient) -> None:
    page = client.post(STEP_1, data={"number": "12345678"}, query_string={"language": "sv"})

    assert page.status_code == 422
    assert 'value="12345678"' in page.text
    assert "Det är inget giltigt CVR-nummer" in page.text


def test_in_sweden_the_municipality_is_chosen_directly(client: FlaskClient) -> None:
    page = client.post(f"/registration/register/{SWEDISH}", data={"number": "556036-0793"})

    assert '<option value="se-0180"' in page.text
    assert 'name="postcode"' not in page.text.split('class="details"')[0]


def test_a_registered_organisation_is_told_so_and_nothing_else(client: FlaskClient) -> None:
    client.post("/registration/api/cases", json=a_registration())

    page = client.post(STEP_1, data={"number": CVR_NUMBERS[0]})

    assert page.status_code == 200
    assert "michael@example.dk" not in page.text
    assert "Søkilde" not in page.text


@pytest.mark.parametrize("number", [CVR_NUMBERS[0], CVR_NUMBERS[1]])
def test_asking_for_the_link_gives_one_answer_whether_or_not_there_is_a_case(client: FlaskClient, number: str) -> None:
    client.post("/registration/api/cases", json=a_registration())

    page = client.post("/registration/find-case", data={"programme_id": DANISH, "number": number})

    assert (page.status_code, "Linket er på vej" in page.text) == (200, True)


def test_contact_data_are_changed_and_withdrawing_asks_first(client: FlaskClient, database: Database[Any]) -> None:
    token = client.post("/registration/api/cases", json=a_registration()).json["token"]
    own = f"/registration/case/{token}"

    changed = client.post(f"{own}/contact", data=details(channel="sms", phone="20 30 40 50"))
    asked = client.get(f"{own}/withdraw")
    withdrawn = client.post(f"{own}/withdraw")

    assert (changed.status_code, asked.status_code, withdrawn.status_code) == (302, 200, 302)
    assert outbox_types(database)[-2:] == ["contact_changed", "case_closed"]


def test_opening_a_sign_in_link_does_not_use_it_up(client: FlaskClient) -> None:
    body = {"name": "Karen Holm", "email": "k@example.dk", "role": "operator"}
    staff_id = client.post("/registration/api/staff", json=body, headers=AS_OPERATOR).json["staff_id"]
    link = client.post(f"/registration/api/staff/{staff_id}/sign-in-link", headers=AS_OPERATOR).json["link"]
    path = link.removeprefix("http://localhost:8000")

    opened = [client.get(path).status_code for _ in range(2)]
    signed_in = client.post(path)

    assert opened == [200, 200]
    assert signed_in.location == "/registration/cases"
    assert client.get(path).status_code == 410


def test_asking_to_sign_in_gives_one_answer_whether_or_not_the_address_is_known(
    client: FlaskClient, database: Database[Any]
) -> None:
    sign_in(client)
    client.post("/registration/sign-out")

    pages = [
        client.post("/registration/sign-in", data={"email": f"{who}@example.dk"}) for who in ("operator", "nobody")
    ]

    assert pages[0].text.split("<main")[1] == pages[1].text.split("<main")[1]
    assert outbox_types(database) == ["staff_sessions_ended", "staff_sign_in_requested"]


@pytest.mark.parametrize("elsewhere", ["//evil.example", "/\t/evil.example", "/\n/evil.example", "/\\evil.example"])
def test_a_sign_in_never_leads_to_another_site(client: FlaskClient, elsewhere: str) -> None:
    body = {"name": "Karen Holm", "email": "k@example.dk", "role": "operator"}
    staff_id = client.post("/registration/api/staff", json=body, headers=AS_OPERATOR).json["staff_id"]
    link = client.post(f"/registration/api/staff/{staff_id}/sign-in-link", headers=AS_OPERATOR).json["link"]
    client.post("/registration/sign-in", data={"email": "k@example.dk", "next": elsewhere})

    signed_in = client.post(link.removeprefix("http://localhost:8000"))

    assert signed_in.location == "/registration/cases"


def test_a_lead_sees_the_cases_of_the_own_municipality_only(client: FlaskClient) -> None:
    ours = client.post("/registration/api/cases", json=a_registration()).json["case_id"]
    wish = a_registration(number=CVR_NUMBERS[1], name="Københavns Kiosk", postcode=None, municipality="dk-0101")
    theirs = client.post("/registration/api/cases", json=wish).json["case_id"]
    sign_in(client, "lead", "dk-0461")

    found = client.get("/registration/cases")

    assert ours in found.text
    assert theirs not in found.text
    assert client.get(f"/registration/cases/{theirs}").status_code == 403


def test_staff_register_answer_and_close_on_behalf_and_the_history_says_so(
    client: FlaskClient, database: Database[Any]
) -> None:
    sign_in(client)
    case_page = client.post(STEP_2, data=details()).location

    client.post(f"{case_page}/inventory", data=answers())
    refused = client.post(f"{case_page}/closure", data={"state": "exempt"})
    closed = client.post(f"{case_page}/closure", data={"state": "exempt", "ground": "no_broadband", "evidence": "J 1"})

    assert (refused.status_code, closed.status_code) == (422, 302)
    page = english(client, case_page)
    for word in ("Registered", "Answered the questions", "Case ended: exempt", "Staff"):
        assert word in page
    with database.engine.connect() as connection:
        entries = connection.execute(
            text(
                "SELECT DISTINCT action, actor_kind, on_behalf_of = subject FROM access_log WHERE subject LIKE 'case:%'"
            )
        )
        kinds = {tuple(entry) for entry in entries}
        assert kinds == {("read", "staff", None), ("change", "staff", True)}


def test_the_page_of_a_case_leads_to_its_seat_and_its_messages(client: FlaskClient) -> None:
    sign_in(client)
    case_page = client.post(STEP_2, data=details()).location
    case_id = case_page.rpartition("/")[2]
    unanswered = client.get(case_page).text

    client.post(f"/registration/api/cases/{case_id}/inventory", json=an_inventory(), headers=AS_OPERATOR)

    assert f"/scheduling/cases/{case_id}/seat" not in unanswered
    for link in (f"/scheduling/cases/{case_id}/seat", f"/notifications/messages?case_id={case_id}"):
        assert f'href="{link}"' in client.get(case_page).text


def test_erasing_leaves_no_personal_data_in_any_table(client: FlaskClient, database: Database[Any]) -> None:
    sign_in(client)
    case_page = client.post(STEP_2, data=details(contact_name="Michael Søkilde")).location

    asked = client.get(f"{case_page}/erase")
    client.post(f"{case_page}/erase")

    assert asked.status_code == 200
    assert "Erased" in english(client, case_page)
    with database.engine.connect() as connection:
        tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        for table in tables:
            rows = connection.execute(text(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%michael@example%'"))
            assert (table, rows.scalar()) == (table, 0)


def test_the_register_is_imported_by_hand_and_reported(client: FlaskClient) -> None:
    sign_in(client)
    file = (io.BytesIO(b"number,kind,name,postcode\n99734299,company,A,5000\n"), "register.csv")

    sent = client.post("/registration/imports", data={"programme_id": DANISH, "file": file})
    nothing = client.post("/registration/imports", data={"programme_id": DANISH})

    assert (sent.status_code, nothing.status_code) == (302, 422)
    assert client.get(sent.location).status_code == 200


@pytest.mark.parametrize("path", ["/registration/cases", "/registration/imports", "/registration/programmes"])
def test_staff_pages_lead_others_to_the_sign_in(client: FlaskClient, path: str) -> None:
    page = client.get(path)

    assert (page.status_code, page.location) == (302, f"/registration/sign-in?next={quote(path, safe='')}")


@pytest.mark.parametrize("language", ["da", "sv", "en"])
@pytest.mark.parametrize("programme_id", [DANISH, SWEDISH])
def test_a_programme_is_shown_whole_in_every_language(client: FlaskClient, programme_id: str, language: str) -> None:
    sign_in(client)

    page = client.get(f"/registration/programmes/{programme_id}", query_string={"language": language})

    assert page.status_code == 200
    assert client.get("/registration/programmes").status_code == 200


def test_a_coach_comes_to_the_own_day(client: FlaskClient, database: Database[Any]) -> None:
    body = {"name": "Bo", "email": "bo@example.dk", "role": "coach", "municipality": "dk-0461", "coach_id": "c-1"}
    staff_id = client.post("/registration/api/staff", json=body, headers=AS_OPERATOR).json["staff_id"]
    link = client.post(f"/registration/api/staff/{staff_id}/sign-in-link", headers=AS_OPERATOR).json["link"]

    signed_in = client.post(link.removeprefix("http://localhost:8000"))

    assert signed_in.location == "/scheduling/day"
    assert client.get("/registration/cases").status_code == 403


def test_a_lead_who_registers_a_neighbours_organisation_is_not_shown_its_case(client: FlaskClient) -> None:
    sign_in(client, "lead", "dk-0101")

    registered = client.post(STEP_2, data=details())

    assert registered.location == "/registration/cases"
