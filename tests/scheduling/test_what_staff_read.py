"""What staff read on scheduling's pages: topics by name whatever the programme, and nothing that stands there for nothing."""

from datetime import UTC, datetime, time

import pytest

from tests.scheduling.builders import a_coach, a_contact, a_programme, a_venue, an_assessment
from web.access import Role

SECOND = "dk-vat-2014"


@pytest.fixture
def lead(signed_in):
    """Who sees to the municipality."""
    return signed_in(Role.LEAD, municipality="dk-0101")


def test_topics_of_every_programme_of_the_country_are_called_by_their_names(world, lead):
    topic = {"topic": "vat_2014", "names": {"da": "Moms på nettet"}}
    world.hear(
        a_programme(programme_id=SECOND, topics=[topic]),
        a_contact(programme_id=SECOND),
        an_assessment(programme_id=SECOND, levels={"vat_2014": 0}, topics=["vat_2014"]),
    )

    page = lead.get("/scheduling/municipality/dk-0101/waiting?language=da").text

    assert "Moms på nettet" in page
    assert "Vat 2014" not in page


def test_a_visitor_without_a_phone_has_no_mark_for_one(world, lead):
    world.has(a_venue(), a_coach())
    world.hear(a_contact(phone=None), an_assessment())
    session_id = world.scalar("SELECT session_id FROM bookings")

    page = lead.get(f"/scheduling/sessions/{session_id}").text

    assert "Anders Korn" in page
    assert "Anders Korn ·" not in page


def test_who_finds_no_free_seat_is_led_to_the_week_and_its_coaches(world, lead):
    world.hear(a_contact(), an_assessment())

    page = lead.get("/scheduling/cases/case-1/seat?language=en").text

    assert "No free seat fits." in page
    assert '<a href="/scheduling/municipality/dk-0101">' in page


def test_what_is_not_said_of_a_topic_is_told_with_its_name(world, signed_in):
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment())
    booking_id, day = world.rows("SELECT booking_id, day FROM bookings JOIN sessions USING (session_id)")[0]
    world.at(datetime.combine(day, time(12), UTC))
    coach = signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")

    page = coach.post(f"/scheduling/bookings/{booking_id}?language=en", data={"attended": "yes"}).text

    assert ">Digital signature: Done? Say whether it was achieved.<" in page
    assert ">Digital mailbox: Done? Say whether it was achieved.<" in page
