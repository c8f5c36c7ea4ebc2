"""Pages speak Danish, Swedish and English, and show local time."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from flask_babel import gettext as _

from messaging.database import Database
from messaging.unit_of_work import UnitOfWork
from tests.web.conftest import some_settings
from web import formats
from web.access import allow, anyone
from web.app import create_app
from web.language import use_language, use_time_zone


def language_of(answer: object) -> str:
    return str(getattr(answer, "text", "")).split('<html lang="')[1][:2]


def test_danish_is_spoken_unless_somebody_asks_otherwise(client: FlaskClient) -> None:
    assert language_of(client.get("/library/borrow")) == "da"
    assert language_of(client.get("/library/borrow", headers={"Accept-Language": "fi"})) == "da"


def test_the_browsers_language_is_used(client: FlaskClient) -> None:
    assert language_of(client.get("/library/borrow", headers={"Accept-Language": "sv-SE,sv;q=0.9"})) == "sv"


def test_a_choice_is_remembered(client: FlaskClient) -> None:
    assert language_of(client.get("/library/borrow?language=en")) == "en"
    assert language_of(client.get("/library/borrow", headers={"Accept-Language": "sv"})) == "en"


def test_an_unknown_language_is_no_choice(client: FlaskClient) -> None:
    answer = client.get("/library/borrow?language=xx")

    assert language_of(answer) == "da"
    assert "frist_language" not in answer.headers.get("Set-Cookie", "")


def test_the_switch_keeps_the_rest_of_the_address(client: FlaskClient) -> None:
    page = client.get("/library/borrow?step=2&language=da").text

    assert "/library/borrow?step=2&amp;language=sv" in page


def test_the_service_and_the_kernel_both_bring_their_words(database: Database[UnitOfWork], tmp_path: Path) -> None:
    catalogue = Catalog(locale="da")
    catalogue.add("Borrow a book", "Lån en bog")
    folder = tmp_path / "da" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    pages = Blueprint("pages", __name__)
    pages.add_url_rule(
        "/both", view_func=allow(anyone)(lambda: f"{_('Borrow a book')} {_('Sign out')}"), endpoint="both"
    )

    app = create_app("library", database, some_settings(), pages=[pages], translations=tmp_path)

    assert app.test_client().get("/library/both").text == "Lån en bog Log ud"


@pytest.mark.parametrize(
    ("language", "zone", "shown"),
    [
        ("da", "Europe/Copenhagen", "onsdag den 30. oktober 2013|09.15|søndag den 27. oktober 2013"),
        ("sv", "Europe/Stockholm", "onsdag 30 oktober 2013|09:15|söndag 27 oktober 2013"),
        ("en", "UTC", "Wednesday, 30 October 2013|08:15|Sunday, 27 October 2013"),
    ],
)
def test_times_are_shown_in_the_programmes_zone(library: Flask, language: str, zone: str, shown: str) -> None:
    instant = datetime(2013, 10, 30, 8, 15, tzinfo=UTC)

    with library.test_request_context():
        use_language(language)
        use_time_zone(zone)
        told = [formats.day(instant), formats.clock_time(instant), formats.day(date(2013, 10, 27))]

    assert "|".join(told) == shown


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("da", "torsdag den 14. november 2013 kl. 14.15|14.11.2013 14.15|14. nov.|nov. 2013"),
        ("sv", "torsdag 14 november 2013 kl. 14:15|2013-11-14 14:15|14 nov.|nov. 2013"),
        ("en", "Thursday, 14 November 2013 at 14:15|14/11/2013, 14:15|14 Nov|Nov 2013"),
    ],
)
def test_dates_and_times_are_written_as_readers_in_denmark_and_sweden_write_them(
    library: Flask, language: str, shown: str
) -> None:
    instant = datetime(2013, 11, 14, 13, 15, tzinfo=UTC)

    with library.test_request_context():
        use_language(language)
        told = [formats.moment(instant), formats.short_moment(instant)]
        told += [formats.day_month(instant.date()), formats.month_year(instant.date())]

    assert "|".join(told) == shown


def test_the_hour_follows_the_change_of_clocks(library: Flask) -> None:
    with library.test_request_context():
        before = formats.clock_time(datetime(2013, 10, 26, 8, tzinfo=UTC))
        after = formats.clock_time(datetime(2013, 10, 28, 8, tzinfo=UTC))

    assert (before, after) == ("10.00", "09.00")


def test_money_and_numbers_are_written_as_the_reader_writes_them(library: Flask) -> None:
    with library.test_request_context():
        assert formats.number(7000) == "7.000"
        assert formats.percent(0.853) == "85\N{NO-BREAK SPACE}%".replace("\N{NO-BREAK SPACE}", " ")
        assert formats.money(30000, "DKK") == "300,00\N{NO-BREAK SPACE}kr."
        assert formats.money(123_456_789, "DKK", whole=True) == "1.234.568\N{NO-BREAK SPACE}kr."


@pytest.mark.parametrize(
    ("day", "headed"),
    [("søndag den 22. november 2026", "Søndag den 22. november 2026"), ("Sunday, 22 November 2026",) * 2, ("", "")],
)
def test_a_heading_begins_large_and_keeps_the_rest(day: str, headed: str) -> None:
    assert formats.headed(day) == headed
