"""Staff cancel one seat, take a case out of the line and ask again, on the organisation's behalf."""

import json

import pytest

from tests.scheduling.builders import a_contact, an_assessment, two_municipalities
from web.access import Role

SAME_ORIGIN = {"X-Requested-With": "frist"}
BOOKING = "/scheduling/api/cases/case-1/booking"
WAITING = "/scheduling/api/cases/case-1/waiting"
CANCEL = "/scheduling/cases/case-1/seat/cancel"
SEAT = "/scheduling/cases/case-1/seat"


@pytest.fixture
def library(world):
    """Two coaches in two municipalities; one organisation has a seat with the first, another waits."""
    world.has(*two_municipalities())
    world.hear(a_contact(), an_assessment(), a_contact("waits"), an_assessment("waits", language="sv"))
    return world


@pytest.fixture
def lead(signed_in):
    """The lead of the organisation's municipality."""
    return signed_in(Role.LEAD, municipality="dk-0101")


@pytest.fixture
def coach(signed_in):
    """The coach of the session that the organisation has a seat in."""
    return signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")


def accesses(world, case_id="case-1"):
    statement = "SELECT actor_id, on_behalf_of FROM access_log WHERE subject = :subject AND action = 'change'"
    return world.rows(statement, subject=f"case:{case_id}")


@pytest.mark.parametrize("who", ["operator", "lead", "coach"])
def test_who_is_in_charge_cancels_a_seat_as_the_organisation_would(request, library, who):
    client = request.getfixturevalue(who)

    answer = client.delete(BOOKING, headers=SAME_ORIGIN)

    assert (answer.status_code, answer.get_json()["state"], answer.get_json()["booking"]) == (200, "unplaced", None)
    assert library.rows("SELECT case_id, state, reason FROM bookings") == [("case-1", "cancelled", "asked")]
    assert [row.on_behalf_of for row in accesses(library)] == ["case:case-1"]


def test_the_cancellation_says_that_staff_was_asked(library, lead):
    lead.delete(BOOKING, headers=SAME_ORIGIN)

    envelope = json.loads(library.scalar("SELECT envelope FROM outbox WHERE type LIKE '%.booking_cancelled.v1'"))

    said = envelope["data"]
    assert (said["cancelled_by"], said["reason"], said["revision"]) == ("staff", "asked", 1)


def test_others_cancel_nothing(signed_in, library, coach):
    strangers = (
        signed_in(Role.LEAD, municipality="dk-0751"),
        signed_in(Role.COACH, coach_id="coach-2", municipality="dk-0101"),
    )

    refused = [client.delete(BOOKING, headers=SAME_ORIGIN).status_code for client in strangers]
    pages = [client.post(CANCEL).status_code for client in strangers]

    assert (refused, pages) == ([403, 403], [403, 403])
    assert coach.delete("/scheduling/api/cases/waits/booking", headers=SAME_ORIGIN).status_code == 403
    assert coach.put(WAITING, headers=SAME_ORIGIN).status_code == 403
    assert library.placement().state == "booked"
    assert library.placement("waits").state == "waiting"


def test_a_lead_takes_a_case_out_of_the_line_and_asks_again_for_it(library, lead):
    gone = lead.delete("/scheduling/api/cases/waits/booking", headers=SAME_ORIGIN).get_json()
    again = lead.put("/scheduling/api/cases/waits/waiting", headers=SAME_ORIGIN).get_json()

    assert (gone["state"], gone["waiting_place"]) == ("unplaced", None)
    assert (again["state"], again["waiting_place"]) == ("waiting", 1)
    assert [row.on_behalf_of for row in accesses(library, "waits")] == ["case:waits", "case:waits"]


def test_with_nothing_to_cancel_it_says_so(library, lead):
    lead.delete(BOOKING, headers=SAME_ORIGIN)

    again = lead.delete(BOOKING, headers=SAME_ORIGIN)

    assert (again.status_code, again.get_json()["type"]) == (409, "/problems/nothing_to_cancel")
    assert lead.delete("/scheduling/api/cases/unknown/booking", headers=SAME_ORIGIN).status_code == 404


def test_a_seat_whose_session_has_begun_is_recorded_instead(library, lead):
    library.later(days=1, hours=3)

    refused = lead.delete(BOOKING, headers=SAME_ORIGIN)

    assert (refused.status_code, refused.get_json()["type"]) == (409, "/problems/session_over")
    assert library.placement().state == "booked"


def test_a_lead_finds_the_way_from_the_case_to_cancelling_its_seat(library, lead):
    seat, asked = lead.get(SEAT), lead.get(CANCEL, query_string={"language": "en"})
    before = library.placement().state
    done = lead.post(CANCEL, follow_redirects=True)

    assert f'href="{CANCEL}"' in seat.text
    assert "Cancel the seat of Bageriet Korn ApS?" in asked.text
    assert (before, library.placement().state) == ("booked", "unplaced")
    assert (done.request.path, done.status_code) == (SEAT, 200)
    assert f'action="{SEAT}/again"' in done.text


def test_a_lead_asks_again_on_the_page(library, lead):
    lead.post(CANCEL)

    lead.post(f"{SEAT}/again")

    assert library.placement().state == "booked"


def test_a_coach_cancels_from_the_day(library, coach):
    day = coach.get("/scheduling/day?date=2013-09-03")
    done = coach.post(CANCEL, follow_redirects=True)

    assert f'href="{CANCEL}"' in day.text
    assert done.request.path.startswith("/scheduling/sessions/")
    assert library.placement().state == "unplaced"


def test_a_lead_takes_somebody_out_of_the_line_on_the_page(library, lead):
    seat = lead.get("/scheduling/cases/waits/seat?language=en")
    asked = lead.get("/scheduling/cases/waits/seat/cancel")

    lead.post("/scheduling/cases/waits/seat/cancel")
    again = lead.post("/scheduling/cases/waits/seat/cancel")

    assert "It is number 1 in line." in seat.text
    assert "Take Bageriet Korn ApS out of the line?" in asked.text
    assert (library.placement("waits").state, again.status_code) == ("unplaced", 422)
