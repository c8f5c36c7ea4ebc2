"""A coach gives who walks in a free seat of the own sessions: a case of the own municipality, and nobody else's hour."""

from datetime import time

import pytest

from tests.scheduling.builders import a_block, a_coach, a_contact, a_venue, an_assessment
from web.access import Role

SAME_ORIGIN = {"X-Requested-With": "frist"}
SEAT = "/scheduling/cases/case-1/seat"


@pytest.fixture
def library(world):
    """Two coaches of one library; the case got its seat with the earlier one, and another case waits next door."""
    early = a_block(opens=time(8), closes=time(10))
    world.has(a_venue(), a_coach(), a_coach("coach-2", blocks=(early,)))
    world.hear(a_contact(), an_assessment())
    next_door = {"municipality": "dk-0147"}
    world.hear(a_contact("next", **next_door), an_assessment("next", help_forms=["visit"], **next_door))
    return world


@pytest.fixture
def coach(signed_in):
    """The later one."""
    return signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")


def free_of(world, coach_id):
    statement = (
        "SELECT session_id FROM sessions WHERE coach_id = :coach_id AND form = 'desk' AND taken = 0 ORDER BY starts_at"
    )
    return [row.session_id for row in world.rows(statement, coach_id=coach_id)]


def coach_of_seat(world):
    return world.scalar(
        "SELECT s.coach_id FROM bookings b JOIN sessions s USING (session_id)"
        " WHERE b.case_id = 'case-1' AND b.state = 'booked'"
    )


def test_a_coach_sees_and_gives_the_own_free_seats_only(library, coach):
    own, other = free_of(library, "coach-1"), free_of(library, "coach-2")

    before, page = coach_of_seat(library), coach.get(SEAT)
    refused = coach.post(SEAT, data={"session_id": other[-1]})
    booked = coach.post(SEAT, data={"session_id": own[0]})

    assert (own[0] in page.text, any(session_id in page.text for session_id in other)) == (True, False)
    assert (refused.status_code, booked.status_code) == (422, 303)
    assert booked.location == f"/scheduling/sessions/{own[0]}"
    assert (before, coach_of_seat(library)) == ("coach-2", "coach-1")


def test_a_coach_books_over_http_into_the_own_sessions_only(library, coach):
    own, other = free_of(library, "coach-1")[0], free_of(library, "coach-2")[-1]

    answers = [
        coach.post("/scheduling/api/bookings", json={"case_id": "case-1", "session_id": each}, headers=SAME_ORIGIN)
        for each in (other, own)
    ]

    assert [answer.status_code for answer in answers] == [403, 201]
    assert library.rows("SELECT on_behalf_of FROM access_log WHERE action = 'change' AND subject = 'case:case-1'") == [
        ("case:case-1",)
    ]


def test_a_coach_seats_no_case_of_another_municipality(library, coach):
    own = free_of(library, "coach-1")[0]

    page = coach.get("/scheduling/cases/next/seat")
    booked = coach.post("/scheduling/api/bookings", json={"case_id": "next", "session_id": own}, headers=SAME_ORIGIN)

    assert (page.status_code, booked.status_code) == (403, 403)


def test_the_seat_page_offers_a_coach_nothing_that_is_refused(library, coach):
    before = coach.get(SEAT).text
    coach.post(SEAT, data={"session_id": free_of(library, "coach-1")[0]})
    after = coach.get(SEAT).text

    assert ("/seat/cancel" in before, "/seat/cancel" in after) == (False, True)
    assert 'href="/registration/cases/case-1/answered"' in after
    assert "/seat/again" not in before + after
    assert "/municipality/dk-0101/waiting" not in before + after
