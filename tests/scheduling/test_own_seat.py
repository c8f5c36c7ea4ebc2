"""An organisation's own page when it comes late, presses twice, or finds no seat: it is told what is true for it."""

import re

import pytest

from tests.scheduling.builders import a_closure, a_coach, a_contact, a_venue, an_assessment
from tests.scheduling.conftest import token_of

MESSAGE_AT_ONCE = "You get a message at once"


@pytest.fixture
def waits(world):
    """An organisation that stands in line: there is no seat at all."""
    world.hear(a_contact(), an_assessment())
    return world


@pytest.fixture
def booked(world):
    """An organisation with the only seat there is."""
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment())
    return world


def address(path=""):
    return f"/scheduling/case/{token_of()}{path}"


def flashed(answer):
    assert answer.status_code == 200, answer.text
    assert answer.request.path == address()
    return re.findall(r'alert alert-(\w+)" role="status">.*?alert-text">([^<]*)<', answer.text, re.DOTALL)


def press(client, path):
    return client.post(f"{address(path)}?language=en", follow_redirects=True)


def test_who_presses_cancel_twice_is_told_that_it_is_done(client, booked):
    client.get(f"{address()}?language=en")

    once, twice = press(client, "/cancel"), press(client, "/cancel")

    assert flashed(once)[0][1].startswith("It is cancelled. Somebody else gets the seat")
    assert flashed(twice) == [("success", "It is done: you have no seat, and you do not stand in line.")]
    assert booked.placement().state == "unplaced"


def test_who_leaves_the_line_is_not_told_of_a_seat(client, waits):
    left = press(client, "/cancel")

    assert flashed(left) == [("success", "You no longer stand in line. You can ask for a seat again at any time.")]


def test_who_cancels_after_the_session_has_begun_stays_on_the_own_page(client, booked):
    booked.later(days=1, hours=3)

    late = press(client, "/cancel")

    assert flashed(late) == [("warning", "The session has begun; its coach records who came.")]
    assert booked.placement().state == "booked"


def test_who_asks_again_for_a_closed_case_stays_on_the_own_page(client, waits):
    waits.hear(a_closure())

    asked = press(client, "/waiting")

    assert [kind for kind, _ in flashed(asked)] == ["warning"]


@pytest.mark.parametrize("language", ["da", "sv"])
def test_a_warning_is_in_the_readers_language(client, booked, language):
    booked.later(days=1, hours=3)
    client.get(f"{address()}?language={language}")

    late = client.post(address("/cancel"), follow_redirects=True)

    assert "its coach records" not in flashed(late)[0][1]


def test_only_who_waits_is_promised_a_message(client, waits):
    waiting = client.get(address("/seats?language=en")).text
    client.post(address("/cancel"))
    left = client.get(address("/seats?language=en")).text
    waits.hear(a_closure())
    closed = client.get(address("/seats?language=en")).text

    assert [MESSAGE_AT_ONCE in page for page in (waiting, left, closed)] == [True, False, False]
    assert f'<a href="{address()}">Find me the first free seat</a>' in left
    assert "there is nothing more to book" in closed


def test_who_has_a_seat_and_finds_no_other_keeps_it(client, world):
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment())
    for number in range(2, 30):
        world.hear(an_assessment(f"case-{number}"))

    page = client.get(address("/seats?language=en")).text

    assert MESSAGE_AT_ONCE not in page
    assert "You keep the time you have" in page


def test_a_kind_of_help_without_a_seat_points_to_the_others(client, world):
    world.hear(a_contact(), an_assessment(help_forms=["desk", "visit"]))

    page = client.get(address("/seats?language=en&form=visit")).text

    assert MESSAGE_AT_ONCE not in page
    assert f'<a href="{address("/seats")}">See all that are free</a>' in page


def test_who_never_asked_is_led_to_the_questions(client, world):
    world.hear(a_contact())

    page = client.get(address("/seats?language=en")).text

    assert MESSAGE_AT_ONCE not in page
    assert f'href="/registration/case/{token_of()}">Go to the questions' in page
