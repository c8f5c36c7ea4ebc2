"""Who goes away while sessions are made or opened for that time is away: whoever is later finds what the other did."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from services.scheduling.handlers.courses import CourseWish, open_course
from services.scheduling.handlers.making import make_sessions
from services.scheduling.handlers.sessions import add_absence
from tests.scheduling.builders import MONDAY, PROGRAMME, a_coach, a_venue
from tests.scheduling.test_never_twice import again
from tests.support.waiting import eventually, somebody_waits

TUESDAY = MONDAY + timedelta(days=15)
AWAY = TUESDAY, TUESDAY + timedelta(hours=12)


@pytest.fixture
def next_week(world):
    """A week came within the horizon, and the coach's sessions in it are not made yet."""
    world.has(a_venue(), a_coach())
    world.later(days=7)
    return world


def on_tuesday(world):
    return world.rows("SELECT starts_at FROM sessions WHERE state <> 'cancelled' AND day = :day", day=TUESDAY.date())


def test_a_coach_whose_sessions_are_being_made_is_away_all_the_same(next_week):
    with ThreadPoolExecutor(1) as pool, next_week.database.begin() as uow:
        make_sessions(uow)
        other = pool.submit(again, next_week, add_absence, "coach-1", *AWAY, "flu")
        eventually(lambda: other.done() or somebody_waits(next_week.database), "the absence is added")

    other.result()
    assert on_tuesday(next_week) == []


def test_no_sessions_are_made_for_a_coach_who_is_just_going_away(next_week):
    with next_week.database.begin() as uow:
        add_absence("coach-1", *AWAY, "flu", uow)
        again(next_week, make_sessions)
    next_week.tick()

    assert on_tuesday(next_week) == []


def test_a_coach_who_is_just_going_away_opens_no_course(next_week):
    course = CourseWish(PROGRAMME, "coach-1", "lib-0101", TUESDAY + timedelta(hours=4), "beginner", "da")

    with ThreadPoolExecutor(1) as pool, next_week.database.begin() as uow:
        add_absence("coach-1", *AWAY, "flu", uow)
        other = pool.submit(again, next_week, open_course, course, "test")
        eventually(lambda: other.done() or somebody_waits(next_week.database), "the course waits, or is open")

    other.result()
    assert on_tuesday(next_week) == []
