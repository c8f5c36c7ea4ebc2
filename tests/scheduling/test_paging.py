"""Lists come page by page or are bounded, and a place or cursor that is not the list's own means its start."""

from datetime import timedelta

import pytest

from messaging.identifiers import new_id
from services.scheduling.storage.coaches import KeptAbsence
from tests.scheduling.builders import MONDAY, a_coach, a_contact, a_venue, an_assessment
from tests.support.listing import following
from web.access import Role
from web.paging import encode_cursor

WAITING = "/scheduling/api/waiting?municipality=dk-0101"
AWAY = "/scheduling/api/coaches/coach-1/absences"
DAY = "/scheduling/api/day?date=2013-09-03"
FOREIGN = [
    ("another list's",),
    ("01a21e77-8c04-789e-9d51-3869c55fd499", "b"),
    (10**30,),
    (-1,),
    (None,),
    (["a"], {}),
    ("never", "b"),
]


@pytest.fixture
def lead(signed_in):
    return signed_in(Role.LEAD, municipality="dk-0101")


@pytest.fixture
def line(world):
    """Three cases wait."""
    world.hear(a_contact(), *(an_assessment(f"case-{number}") for number in (1, 2, 3)))
    return world


@pytest.mark.parametrize("cursor", FOREIGN)
def test_a_foreign_cursor_means_the_start_of_the_line(operator, line, cursor):
    answer = operator.get(f"{WAITING}&after={encode_cursor(*cursor)}")

    assert answer.status_code == 200, answer.text
    assert [one["place"] for one in answer.get_json()["items"]] == [1, 2, 3]


def test_the_line_goes_on_where_the_page_before_ended(operator, line):
    first = operator.get(f"{WAITING}&limit=2").get_json()
    second = operator.get(f"{WAITING}&limit=2&after={first['next']}").get_json()

    assert [one["place"] for page in (first, second) for one in page["items"]] == [1, 2, 3]
    assert second["next"] is None


@pytest.mark.parametrize("after", ["99999999999999999999", "-5", "nothing", "9" * 5000])
def test_a_place_that_is_none_means_the_start_of_the_page(lead, line, after):
    page = lead.get("/scheduling/municipality/dk-0101/waiting", query_string={"after": after, "language": "en"})

    assert page.status_code == 200
    assert "Bageriet Korn" in page.text


def test_a_page_of_the_line_leads_to_the_next(lead, world):
    world.hear(*(an_assessment(f"case-{number}") for number in range(51)))

    page = lead.get("/scheduling/municipality/dk-0101/waiting?language=en")

    assert "after=50" in page.text


@pytest.mark.parametrize("cursor", [*FOREIGN, (5, "b")])
def test_a_foreign_cursor_means_the_start_of_the_day(operator, world, cursor):
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment())

    answer = operator.get(f"{DAY}&after={encode_cursor(*cursor)}")

    assert answer.status_code == 200, answer.text
    assert len(answer.get_json()["items"]) == 1


@pytest.mark.parametrize(("last", "status"), [("2014-09-01", 200), ("2014-09-04", 422)])
def test_sessions_are_listed_of_a_year_at_most(operator, world, last, status):
    answer = operator.get(f"/scheduling/api/sessions?municipality=dk-0101&first=2013-09-01&last={last}")

    assert answer.status_code == status
    assert status == 200 or [error["field"] for error in answer.get_json()["errors"]] == ["last"]


def is_away(world, times):
    """The coach is away so many times from tomorrow on, two of them at the same hour."""
    world.has(a_venue(), a_coach())
    with world.work() as uow:
        for number in range(times):
            starts_at = MONDAY + timedelta(days=1 + number // 2)
            away = KeptAbsence(new_id(), "coach-1", starts_at, starts_at + timedelta(hours=1), f"reason {number}")
            uow.coaches.add_absence(away)


def test_every_time_away_is_listed_once(operator, world):
    is_away(world, 7)

    seen, cursor = [], ""
    while cursor is not None:
        page = operator.get(f"{AWAY}?limit=3&after={cursor}" if cursor else f"{AWAY}?limit=3").get_json()
        seen += [absence["reason"] for absence in page["items"]]
        cursor = page["next"]

    assert sorted(seen) == [f"reason {number}" for number in range(7)]
    world.later(days=2, hours=2)
    assert len(operator.get(AWAY).get_json()["items"]) == 3


@pytest.mark.parametrize("cursor", FOREIGN)
def test_a_foreign_cursor_means_the_start_of_the_times_away(operator, world, cursor):
    is_away(world, 2)

    answer = operator.get(f"{AWAY}?after={encode_cursor(*cursor)}")

    assert answer.status_code == 200, answer.text
    assert len(answer.get_json()["items"]) == 2


def test_the_page_of_a_coach_leads_to_more_times_away(lead, world):
    is_away(world, 52)

    first = lead.get("/scheduling/coach/coach-1?language=en").text
    second = lead.get(following(first)).text

    assert [page.count("/remove") for page in (first, second)] == [51, 3], "of each one is for the weekly hours"
