"""A case that accepts other forms of help than before is placed anew, and is told where to change them."""

import pytest

from tests.scheduling.builders import a_coach, a_contact, a_venue, an_assessment
from tests.scheduling.conftest import token_of
from web.access import Role


def test_who_waits_and_accepts_another_form_gets_a_seat_of_it_at_once(world):
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment(help_forms=["visit"]))

    world.hear(an_assessment(sequence=5, help_forms=["desk", "visit"]))

    assert world.story() == ["CaseWaitlisted", "BookingConfirmed"]
    assert world.told("BookingConfirmed")[0].session.form == "desk"


def test_a_seat_of_a_form_no_longer_accepted_is_moved_to_one_that_is(world):
    world.has(a_venue(), a_coach(forms=("desk",)), a_coach("coach-2", forms=("visit",)))
    world.hear(a_contact(), an_assessment())

    world.hear(an_assessment(sequence=5, help_forms=["visit"]))

    assert world.story() == ["BookingConfirmed", "BookingMoved"]
    assert world.told("BookingMoved")[0].session.form == "visit"


def test_where_no_seat_of_an_accepted_form_is_free_the_case_is_first_in_line(world):
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment())

    world.hear(an_assessment(sequence=5, help_forms=["visit"]))

    assert world.story() == ["BookingConfirmed", "BookingCancelled", "CaseWaitlisted"]
    assert world.told("BookingCancelled")[0].reason == "needs_changed"
    assert world.placement().first_in_line


def test_accepting_more_leaves_the_seat_as_it_is(world):
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment())

    world.hear(an_assessment(sequence=5, help_forms=["course", "desk", "visit"]))

    assert world.story() == ["BookingConfirmed"]


@pytest.mark.parametrize("who", ["own", "staff"])
def test_a_seat_of_a_form_not_asked_for_is_refused_with_the_way_to_ask_for_it(world, client, signed_in, who):
    world.has(a_venue(), a_coach(forms=("visit",)))
    world.hear(a_contact(), an_assessment())
    session_id = world.scalar("SELECT session_id FROM sessions LIMIT 1")
    own = who == "own"
    visitor = client if own else signed_in(Role.LEAD, municipality="dk-0101")
    page = f"/scheduling/case/{token_of()}/seats" if own else "/scheduling/cases/case-1/seat"
    case = f"/registration/case/{token_of()}" if own else "/registration/cases/case-1"

    refused = visitor.post(f"{page}?language=en", data={"session_id": session_id})

    assert refused.status_code == 422
    assert "choose another session or change what you wish for" in refused.text
    assert f'<a href="{case}/inventory">' in refused.text


def test_who_waits_is_shown_where_to_accept_more(world, client):
    world.hear(a_contact(), an_assessment())

    page = client.get(f"/scheduling/case/{token_of()}")

    assert f'<a href="/registration/case/{token_of()}/inventory">' in page.text
