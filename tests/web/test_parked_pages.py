"""The page of parked messages: for national operators only, without scripts, personal data masked and its showing logged."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from frist_contracts import ContactChanged, Lane, decode, encode, with_position
from messaging import parked, suspects
from messaging.clock import machine_now
from messaging.database import Database
from messaging.identifiers import new_id
from messaging.unit_of_work import UnitOfWork
from web.forms import Form
from web.language import use_time_zone
from web.paging import encode_cursor
from web.parked_pages import _choice

PAGE = "/library/staff/parked"
EMAIL = "soeren@bageriet.example"


@pytest.fixture
def database(database: Database[UnitOfWork]) -> Iterator[Database[UnitOfWork]]:
    """Three messages of different kinds are parked: numbers 1, 2 and 3."""
    with database.begin() as uow:
        uow.connection.execute(text("TRUNCATE parked, retries, inbox RESTART IDENTITY"))
        for reason in ("RuntimeError: the handler broke", "seat_taken: Somebody was quicker."):
            body = a_contact()
            parked.park(
                uow.connection, body, Lane.URGENT, envelope=decode(body), reason=reason, detail="Traceback: line 1"
            )
        parked.park(
            uow.connection, b"\xff<script>", Lane.BULK, envelope=None, reason="unreadable_event: body is not JSON"
        )
    yield database
    with database.begin() as uow:
        uow.connection.execute(text("TRUNCATE parked, retries, inbox"))


def a_contact() -> bytes:
    event_id = new_id()
    event = ContactChanged(
        municipality="dk-0101",
        case_id=new_id(),
        programme_id="p",
        state="registered",
        organisation_name="Bageriet",
        email=EMAIL,
    )
    body = encode(event, event_id=event_id, time=machine_now(), lane=Lane.URGENT, correlation_id=event_id)
    return with_position(body, 7)


def scalar(database: Database[UnitOfWork], sql: str) -> object:
    with database.engine.connect() as connection:
        return connection.execute(text(sql)).scalar()


def send(client: FlaskClient, what: str, **fields: object) -> TestResponse:
    """Press a button of the list's form."""
    token = client.get(f"{PAGE}?language=en").text.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(f"{PAGE}/{what}", data={"csrf_token": token, **fields}, follow_redirects=True)


def test_only_national_operators_get_in(client: FlaskClient, lead: FlaskClient, operator: FlaskClient) -> None:
    assert client.get(PAGE).status_code == 302
    assert lead.get(PAGE).status_code == 403
    assert lead.get(f"{PAGE}/1?reveal=yes").status_code == 403
    assert operator.get(PAGE).status_code == 200


def test_nobody_can_be_made_to_press_a_button_from_another_site(
    operator: FlaskClient, database: Database[UnitOfWork]
) -> None:
    answer = operator.post(f"{PAGE}/discard", data={"which": "all", "why": "x"})

    assert answer.status_code == 400
    assert scalar(database, "SELECT count(*) FROM parked WHERE state = 'parked'") == 3


def test_the_list_counts_by_reason_and_filters(operator: FlaskClient) -> None:
    everything = operator.get(f"{PAGE}?language=en").text
    refused = operator.get(f"{PAGE}?language=en&reason=seat_taken").text

    assert "the handler broke" in everything
    assert "unreadable_event" in everything
    assert "Somebody was quicker." in refused
    assert "the handler broke" not in refused
    assert "Try all 1" in refused


@pytest.mark.parametrize("language", ["da", "sv", "en"])
def test_the_page_speaks_each_language(operator: FlaskClient, language: str) -> None:
    heading = {"da": "Parkerede beskeder", "sv": "Parkerade meddelanden", "en": "Parked messages"}[language]

    assert f"<h1>{heading}</h1>" in operator.get(f"{PAGE}?language={language}").text


def test_ticked_messages_are_tried_again(operator: FlaskClient, database: Database[UnitOfWork]) -> None:
    page = send(operator, "replay", which="ticked", number=["1"]).text

    assert "Tried again now: 1." in page
    assert scalar(database, "SELECT count(*) FROM retries") == 1
    assert scalar(database, "SELECT resolved_by FROM parked WHERE parked_id = 1") == "staff:s-1"


def test_all_that_the_filter_chose_are_tried_again_and_no_more(
    operator: FlaskClient, database: Database[UnitOfWork]
) -> None:
    send(operator, "replay", which="all", reason="seat_taken", upto=3)
    nothing_new = send(operator, "replay", which="all", upto=0).text

    assert scalar(database, "SELECT array_agg(parked_id) FROM parked WHERE state = 'replayed'") == [2]
    assert "Tried again now: 0." in nothing_new


def test_what_cannot_be_read_stays_and_the_page_says_so(operator: FlaskClient, database: Database[UnitOfWork]) -> None:
    page = send(operator, "replay", which="all", upto=3).text

    assert "Not readable, so they cannot be tried again: 1." in page
    assert scalar(database, "SELECT array_agg(parked_id) FROM parked WHERE state = 'parked'") == [3]


def test_giving_up_without_a_reason_or_a_tick_is_told_beside_the_form(operator: FlaskClient) -> None:
    answer = send(operator, "discard", which="ticked", why=" ")

    assert answer.status_code == 422
    assert "Say why they are given up" in answer.text
    assert "Tick at least one message." in answer.text


def test_giving_up_keeps_why_and_who(operator: FlaskClient, database: Database[UnitOfWork]) -> None:
    send(operator, "discard", which="ticked", number=["1", "3"], why="Sent by a test of the pilot.")

    page = operator.get(f"{PAGE}/1?language=en").text
    assert "Sent by a test of the pilot." in page
    assert "staff:s-1" in page
    assert scalar(database, "SELECT count(*) FROM parked WHERE state = 'discarded'") == 2
    assert "Try this one" not in page


def test_personal_data_is_masked_until_asked_for_and_then_logged(
    operator: FlaskClient, database: Database[UnitOfWork]
) -> None:
    masked = operator.get(f"{PAGE}/1").text
    assert scalar(database, "SELECT count(*) FROM access_log") == 0

    shown = operator.get(f"{PAGE}/1?reveal=yes").text

    assert EMAIL not in masked
    assert EMAIL in shown
    case = scalar(database, "SELECT subject FROM parked WHERE parked_id = 1")
    assert (
        scalar(database, "SELECT action || ' ' || subject || ' ' || actor_id FROM access_log")
        == f"read case:{case} s-1"
    )


def test_bytes_that_cannot_be_read_are_hidden_and_never_run(
    operator: FlaskClient, database: Database[UnitOfWork]
) -> None:
    hidden = operator.get(f"{PAGE}/3").text
    shown = operator.get(f"{PAGE}/3?reveal=yes").text

    assert "script&gt;" not in hidden
    assert "\\xff&lt;script&gt;" in shown
    assert scalar(database, "SELECT subject FROM access_log") == "parked:3"


@pytest.mark.parametrize(("language", "died"), [("da", "døde"), ("sv", "dog"), ("en", "died")])
def test_an_event_that_its_process_died_with_is_not_said_to_be_turned_away(
    operator: FlaskClient, database: Database[UnitOfWork], language: str, died: str
) -> None:
    body = a_contact()
    with database.begin() as uow:
        suspects.park(uow.connection, decode(body), body, "the process died with it 3 times")

    pages = [operator.get(f"{PAGE}/{number}?language={language}").text for number in (4, 3)]

    said = [page.split('class="frist-empty">')[1].split("</p>")[0] for page in pages]
    assert [died in sentence for sentence in said] == [True, False]


def test_a_number_that_is_not_there_is_not_found(operator: FlaskClient) -> None:
    assert operator.get(f"{PAGE}/4711").status_code == 404


def test_a_day_is_a_local_day(library: Flask) -> None:
    with library.test_request_context():
        use_time_zone("Europe/Copenhagen")
        form = Form()
        form.data = {"since": date(2013, 7, 1), "until": date(2013, 12, 1)}
        chosen = _choice(form)

    assert chosen.since == datetime(2013, 6, 30, 22, tzinfo=UTC)
    assert chosen.until == datetime(2013, 12, 1, 23, tzinfo=UTC)


@pytest.mark.parametrize("strange", [f"after={encode_cursor('a')}", "since=0001-01-01", "until=9999-12-31"])
def test_a_strange_address_shows_the_list(operator: FlaskClient, strange: str) -> None:
    assert operator.get(f"{PAGE}?{strange}").status_code == 200
