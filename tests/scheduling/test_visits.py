"""A coach visits only where somebody has said where that is, and is told the address."""

import pytest

from tests.scheduling.builders import a_block, a_coach, a_contact, a_venue, an_assessment
from tests.scheduling.conftest import token_of
from web.access import Role

ADDRESS = "Søgade 1, 2100 København Ø"


@pytest.fixture
def visiting(world):
    """A coach who does nothing but visit."""
    world.has(a_venue(), a_coach(forms=("visit",), blocks=(a_block(),)))
    return world


def wants_a_visit(case_id="case-1", **changes):
    return an_assessment(case_id, **{"help_forms": ["visit"], **changes})


def a_contact_without_street(case_id="case-1", **changes):
    return a_contact(case_id, address=None, **changes)


def test_nobody_is_visited_before_it_is_known_where_and_then_at_once(visiting):
    visiting.hear(a_contact_without_street(), wants_a_visit())
    visiting.tick()
    before = visiting.story()

    visiting.hear(a_contact(sequence=4))
    visiting.tick()

    assert before == ["CaseWaitlisted"]
    assert visiting.story() == ["CaseWaitlisted", "BookingConfirmed"]


def test_who_lacks_an_address_holds_nobody_up_in_the_line(world):
    world.hear(a_contact_without_street("case-1"), wants_a_visit("case-1"))
    world.later(minutes=1)
    world.hear(a_contact("case-2"), wants_a_visit("case-2"))

    world.has(a_venue(), a_coach(forms=("visit",)))

    assert world.story("case-1") == ["CaseWaitlisted"]
    assert world.story("case-2") == ["CaseWaitlisted", "BookingConfirmed"]


def test_who_also_takes_a_desk_gets_one(world):
    world.has(a_venue(), a_coach(forms=("visit", "desk"), blocks=(a_block(),)))

    world.hear(a_contact_without_street(), wants_a_visit(help_forms=["desk", "visit"]))

    assert world.told("BookingConfirmed")[0].session.form == "desk"


def test_a_visit_picked_by_hand_is_refused_with_the_way_out(visiting, client, operator):
    visiting.hear(a_contact_without_street(), wants_a_visit())
    session_id = visiting.scalar("SELECT session_id FROM sessions LIMIT 1")

    page = client.post(f"/scheduling/case/{token_of()}/seats?language=en", data={"session_id": session_id})
    answer = operator.post("/scheduling/api/bookings", json={"case_id": "case-1", "session_id": session_id})

    assert page.status_code == 422
    assert f"/registration/case/{token_of()}/contact" in page.text
    assert (answer.status_code, answer.get_json()["reason"]) == (409, "no_address")
    assert answer.get_json()["errors"][0]["field"] == "session_id"


def test_who_waits_for_a_visit_is_asked_where(visiting, client, signed_in):
    visiting.hear(a_contact_without_street(), wants_a_visit())
    lead = signed_in(Role.LEAD, municipality="dk-0101")

    own = client.get(f"/scheduling/case/{token_of()}").text
    line = lead.get("/scheduling/municipality/dk-0101/waiting?language=en").text
    choices = lead.get("/scheduling/cases/case-1/seat").text

    assert f"/registration/case/{token_of()}/contact" in own
    assert "The address is missing" in line
    assert "/registration/cases/case-1/contact" in choices


def test_everybody_reads_where_the_coach_comes(visiting, client, signed_in):
    visiting.hear(a_contact(), wants_a_visit())
    coach = signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")
    session_id = visiting.scalar("SELECT session_id FROM bookings")

    pages = [
        client.get(f"/scheduling/case/{token_of()}"),
        client.get(f"/scheduling/case/{token_of()}/cancel"),
        coach.get("/scheduling/day?date=2013-09-03"),
        coach.get(f"/scheduling/sessions/{session_id}"),
    ]

    assert [ADDRESS in page.text for page in pages] == [True] * 4
    assert "/contact" not in pages[0].text
