"""The pages: in three languages, with a table beside each picture, and the same for those who may see less."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from frist_contracts import NATIONAL, BookingMissed, CaseWaitlisted, MessageWithheld, StaffSessionsEnded, SurveyAnswered
from messaging.database import Database
from messaging.identifiers import made_at, new_id
from services.reporting.domain.summary import DEFINITIONS
from services.reporting.handlers.reports import freeze_report
from services.reporting.pages import charts, labels
from tests.reporting import world
from tests.reporting.test_summary import a_country, told

_HERE: dict[str, Any] = {"programme_id": world.PROGRAMME, "municipality": "dk-0101"}
WORDS = {"da": "er i mål", "sv": "är klara", "en": "fulfilled"}


@pytest.fixture
def report_id(database: Database[Any]) -> str:
    told(database, a_country(per_municipality=30))
    with database.begin() as uow:
        frozen: str = freeze_report(world.PROGRAMME, "staff-1", uow).report_id
    return frozen


@pytest.fixture
def busy_report_id(database: Database[Any]) -> str:
    """A report of a country where some wait and some have told how it went: there is something in every picture."""
    waits = [
        CaseWaitlisted(**world.about(f"dk-0101-{at}", 1), topics=["digital_mailbox"], reason=reason)
        for reason, numbers in (("no_seat_fits", range(1, 29, 6)), ("session_cancelled", range(2, 29, 6)))
        for at in numbers
    ]
    answers = [
        SurveyAnswered(**_HERE, survey_id=f"s-{at}", case_id=f"c-{at}", score=at % 5 + 1, first_visit=False)
        for at in range(60)
    ]
    told(database, [*a_country(per_municipality=30), *world.numbered([*waits, *answers])])
    with database.begin() as uow:
        frozen: str = freeze_report(world.PROGRAMME, "staff-1", uow).report_id
    return frozen


@pytest.mark.parametrize("language", WORDS)
def test_everybody_can_read_the_dashboard(client: FlaskClient, report_id: str, language: str) -> None:
    page = client.get(f"/reporting/?language={language}").get_data(as_text=True)

    assert WORDS[language] in page
    assert f'lang="{language}"' in page
    assert "r-tile" in page


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize(
    "address",
    ["/dashboard", "/municipalities/dk-0101", "/municipalities/dk-0825", "/reports", "/reports/{report_id}", "/money"],
)
def test_staff_can_read_every_page(operator: FlaskClient, report_id: str, address: str, language: str) -> None:
    response = operator.get(f"/reporting{address}?language={language}".format(report_id=report_id))

    assert response.status_code == 200
    assert world.definition()["names"][language] in response.get_data(as_text=True)


@pytest.mark.parametrize("address", ["/", "/municipalities/dk-0101", "/reports/{report_id}"])
def test_nothing_is_styled_or_scripted_inline(client: FlaskClient, report_id: str, address: str) -> None:
    page = client.get(f"/reporting{address}".format(report_id=report_id)).get_data(as_text=True)

    assert not re.search(r"\sstyle=|<style|<script>|\son[a-z]+=", page)


def test_a_picture_has_its_numbers_as_a_table(client: FlaskClient, busy_report_id: str) -> None:
    page = client.get("/reporting/?language=en").get_data(as_text=True)

    for key in ("national-states", "national-days", "municipalities", "topics", "waits", "scores"):
        assert f'data-key="{key}"' in page


@pytest.mark.parametrize("address", ["/", "/municipalities/dk-0101", "/reports/{report_id}"])
def test_no_picture_is_without_its_table(operator: FlaskClient, busy_report_id: str, address: str) -> None:
    page = operator.get(f"/reporting{address}?language=en".format(report_id=busy_report_id)).get_data(as_text=True)

    pictures = re.split(r'<div class="r-bars(?: r-gains)?"|<svg class="r-bar"|<svg class="r-curve"', page)[1:]

    assert pictures
    assert all("Show as a table" in picture.split("</section>")[0] for picture in pictures)


def test_amounts_are_hidden_with_the_form_that_they_would_tell_of(database: Database[Any], client: FlaskClient) -> None:
    one = [replace(world.attended("case-c"), form="course"), world.held("case-c", form="course")]
    told(database, [*a_country(per_municipality=30), *world.numbered(one)])

    page = client.get("/reporting/?language=en").get_data(as_text=True)

    assert "The amounts are hidden" in page
    assert client.get(f"/reporting/api/programmes/{world.PROGRAMME}/summary").get_json()["money"]["paid"] is None


def test_a_line_breaks_where_a_day_is_hidden() -> None:
    numbers = [0, 0, None, 4, None, 2, 1]
    first = world.day("2013-09-02")
    days = [
        {"day": (first + timedelta(days=at)).isoformat(), "registered": number, "fulfilled": number, "expected": 1.0}
        for at, number in enumerate(numbers)
    ]

    curve = charts.day_curve(days, world.day("2013-09-09"), world.day("2013-09-08"))

    assert curve is not None
    assert curve.fulfilled == ["0.5,100.0 1.5,100.0", "3.1,0.0 3.9,0.0", "5.5,50.0 6.5,75.0"]
    assert len(curve.model) == 1
    assert curve.has_hidden


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("da", ["linjen er afbrudt", "udeblev, er skjult", "tilfredse, er skjult", "Ingen kanal"]),
        ("sv", ["linjen är bruten", "uteblev är dolt", "nöjda är dolt", "Ingen kanal"]),
        ("en", ["the line breaks", "did not come is hidden", "are satisfied is hidden", "No channel"]),
    ],
)
def test_hidden_numbers_are_told_in_words(
    database: Database[Any], client: FlaskClient, language: str, words: list[str]
) -> None:
    one = BookingMissed(**world.about("case-m", 2), booking_id="booking-m", session_id="session-m", form="desk")
    withheld = [
        MessageWithheld(
            **_HERE, message_id=f"m-{at}", case_id=f"c-{at}", channel="none", purpose="waiting", reason="cap"
        )
        for at in range(6)
    ]
    answers = [
        SurveyAnswered(**_HERE, survey_id=f"s-{at}", case_id=f"c-{at}", score=2 if at < 3 else 5, first_visit=False)
        for at in range(12)
    ]
    told(database, [*a_country(per_municipality=30), *world.numbered([one, *withheld, *answers])])

    page = client.get(f"/reporting/?language={language}").get_data(as_text=True)

    assert [sentence for sentence in words if sentence not in page] == []
    assert ">None<" not in page


def test_outsiders_are_told_what_is_hidden_from_them(
    client: FlaskClient, operator: FlaskClient, report_id: str
) -> None:
    outside = client.get("/reporting/municipalities/dk-0825?language=en").get_data(as_text=True)
    inside = operator.get("/reporting/municipalities/dk-0825?language=en").get_data(as_text=True)

    assert "too few cases" in outside
    assert "1 of 3 fulfilled" in inside


def test_staff_see_how_long_events_take_to_be_counted(
    database: Database[Any], client: FlaskClient, operator: FlaskClient, report_id: str
) -> None:
    """By the machine's clock, whatever time it is in the programme: half an hour for one of three, seconds for two."""
    told = """INSERT INTO inbox (event_id, producer, position, type, lane, applied_at)
              SELECT CAST(:event_id AS uuid), 'registration', :position, 'a', 'bulk', to_timestamp(:made) + :took"""
    with database.begin() as uow:
        for position, seconds in enumerate((2.0, 3.5, 1800.0), start=1):
            made = made_at(event_id := new_id())
            took = timedelta(seconds=seconds)
            facts = {"event_id": event_id, "position": position, "made": made, "took": took}
            uow.connection.execute(text(told), facts)

    inside = operator.get("/reporting/?language=en").get_data(as_text=True)
    outside = client.get("/reporting/?language=en").get_data(as_text=True)

    row = re.sub(r"<[^>]+>", "|", inside.partition("registration · bulk")[2])[:300]
    assert ("3.5 s" in row, "1,800.0 s" in row) == (True, True)
    assert "From event to effect" not in outside


def test_staff_read_in_minutes_how_long_ago_something_was_counted(
    database: Database[Any], operator: FlaskClient, report_id: str
) -> None:
    told = """INSERT INTO inbox (event_id, producer, position, type, lane, applied_at)
              SELECT CAST(:event_id AS uuid), 'registration', 1, 'a', 'bulk', clock_timestamp() - interval '28 minutes'"""
    with database.begin() as uow:
        uow.connection.execute(text(told), {"event_id": new_id()})

    page = operator.get("/reporting/?language=da").get_data(as_text=True)

    assert "for 28 minutter siden" in page.partition("registration · bulk")[2]


def test_an_operator_freezes_a_report_with_one_press(operator: FlaskClient, report_id: str) -> None:
    page = operator.get("/reporting/reports").get_data(as_text=True)
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.partition("r-freeze")[2])
    assert csrf

    made = operator.post("/reporting/reports", data={"csrf_token": csrf[1], "programme": world.PROGRAMME})

    assert made.status_code == 303
    assert operator.get(made.headers["Location"]).status_code == 200


def test_whoever_registration_signed_out_is_signed_out_here(lead: FlaskClient, database: Database[Any]) -> None:
    before = lead.get("/reporting/money").status_code

    with database.begin() as uow:
        world.apply(uow, [StaffSessionsEnded(municipality=NATIONAL, staff_id="staff-1", sequence=1)])

    assert (before, lead.get("/reporting/money").status_code) == (200, 302)


def test_a_lead_sees_the_money_of_one_municipality(lead: FlaskClient, client: FlaskClient, report_id: str) -> None:
    page = lead.get("/reporting/money?language=en").get_data(as_text=True)

    assert "Subsidies: Place 01" in page
    assert lead.get("/reporting/money?municipality=dk-0147").status_code == 403
    assert client.get("/reporting/money").status_code == 302


def test_the_dashboard_says_so_when_there_is_no_programme(client: FlaskClient) -> None:
    assert "No programme yet" in client.get("/reporting/?language=en").get_data(as_text=True)


def test_a_municipality_that_is_none_is_not_found(client: FlaskClient, report_id: str) -> None:
    assert client.get("/reporting/municipalities/dk-9999").status_code == 404
    assert client.get("/reporting/municipalities/se-0180").status_code == 404


@pytest.mark.parametrize(
    ("language", "words"), [("da", "ingen sådan kommune"), ("sv", "ingen sådan kommun"), ("en", "no such municipality")]
)
def test_that_a_municipality_is_none_is_told_in_the_readers_language(
    client: FlaskClient, operator: FlaskClient, report_id: str, language: str, words: str
) -> None:
    public = client.get(f"/reporting/municipalities/dk-9999?language={language}")
    money = operator.get(f"/reporting/money?municipality=dk-9999&language={language}")

    assert [words in answer.get_data(as_text=True) for answer in (public, money)] == [True, True]


def test_every_definition_is_told_to_readers() -> None:
    assert set(labels.MEANINGS) == set(DEFINITIONS)
