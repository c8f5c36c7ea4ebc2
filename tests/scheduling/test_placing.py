"""A case gets the earliest seat that fits, or waits for one."""

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import text

from services.scheduling.handlers.courses import CourseWish, open_course
from services.scheduling.handlers.sessions import cancel_session
from tests.scheduling.builders import (
    a_block,
    a_closure,
    a_coach,
    a_contact,
    a_programme,
    a_venue,
    an_assessment,
    an_erasure,
)


def test_a_case_gets_the_earliest_seat(world):
    world.has(a_venue(), a_coach())

    world.hear(an_assessment())

    (confirmed,) = world.told("BookingConfirmed")
    assert confirmed.session.starts_at == datetime(2013, 9, 3, 8, 0, tzinfo=UTC)
    assert (confirmed.sequence, confirmed.revision) == (1, 0)
    assert confirmed.session.venue_name == "Hovedbiblioteket"


def test_a_seat_is_given_once_and_the_next_case_gets_the_next_one(world):
    world.has(a_venue(), a_coach())

    world.hear(an_assessment("case-1"), an_assessment("case-2"))

    starts = [event.session.starts_at.hour for event in world.told("BookingConfirmed")]
    assert starts == [8, 9]


def test_without_a_seat_a_case_waits_and_gets_one_when_a_coach_comes(world):
    world.hear(an_assessment())
    world.has(a_venue(), a_coach())

    assert world.story() == ["CaseWaitlisted", "BookingConfirmed"]
    assert [event.sequence for event in world.told("CaseWaitlisted", "BookingConfirmed")] == [1, 2]


def test_a_closed_case_gives_its_seat_to_the_next_in_line(world):
    world.has(a_venue(), a_coach(blocks=(a_block(closes=a_block().hours.opens.replace(minute=45)),)))
    world.hear(an_assessment("case-1"), an_assessment("case-2"), an_assessment("case-3"), an_assessment("case-4"))
    world.tick()

    world.hear(a_closure("case-1"))
    world.tick()

    assert world.story("case-1") == ["BookingConfirmed", "BookingCancelled"]
    assert world.story("case-3") == ["CaseWaitlisted", "BookingConfirmed"]
    assert world.story("case-4") == ["CaseWaitlisted"]


def test_own_municipality_comes_before_an_earlier_seat_next_door(world):
    world.has(
        a_venue(), a_venue("dk-0147"),
        a_coach("own", blocks=(a_block(weekday=4),)),
        a_coach("next", municipalities=("dk-0147",), blocks=(a_block(weekday=1, venue_id="lib-0147"),)),
    )  # fmt: skip

    world.hear(an_assessment())

    assert world.told("BookingConfirmed")[0].session.starts_at.day == 6


def test_without_a_seat_at_home_a_case_goes_next_door_but_not_further(world):
    world.has(
        a_venue("dk-0147"), a_venue("dk-0751"),
        a_coach("next", municipalities=("dk-0147",), blocks=(a_block(venue_id="lib-0147"),)),
        a_coach("far", municipalities=("dk-0751",), blocks=(a_block(venue_id="lib-0751"),)),
    )  # fmt: skip

    world.hear(an_assessment("case-1"), an_assessment("case-2", municipality="dk-0751"))

    assert (
        world.scalar(
            "SELECT s.municipality FROM bookings b JOIN sessions s USING (session_id) WHERE case_id = 'case-1'"
        )
        == "dk-0147"
    )
    assert (
        world.scalar(
            "SELECT s.municipality FROM bookings b JOIN sessions s USING (session_id) WHERE case_id = 'case-2'"
        )
        == "dk-0751"
    )


@pytest.mark.parametrize(
    ("change", "looked_at_again"),
    [
        ({"names": {"en": "Another name"}}, 0),
        ({"deadline": "2013-10-15"}, 1),
        ({"allocation": {"neighbours": False}}, 1),
    ],
)
def test_the_line_is_looked_at_again_when_what_decides_about_seats_has_changed(world, change, looked_at_again):
    world.hear(an_assessment())
    world.tick()
    waiting = "SELECT count(*) FROM placements WHERE state = 'waiting' AND looked_at IS NULL"
    assert world.scalar(waiting) == 0

    world.hear(a_programme(sequence=2, **change))

    assert world.scalar(waiting) == looked_at_again


def test_a_programme_without_neighbours_keeps_cases_at_home(world):
    allocation = {"horizon_days": 13, "minimum_notice_hours": 16, "neighbours": False, "rebook_after_no_show": 2}
    world.hear(a_programme(sequence=2, allocation=allocation))
    world.has(a_venue("dk-0147"), a_coach(municipalities=("dk-0147",), blocks=(a_block(venue_id="lib-0147"),)))

    world.hear(an_assessment())
    world.tick()

    assert world.story() == ["CaseWaitlisted"]


@pytest.mark.parametrize(
    "unfit",
    [{"language": "sv"}, {"help_forms": ["visit"]}, {"topics": ["digital_signature", "sick_pay_reporting"]}],
    ids=["language", "form", "topic"],
)
def test_a_seat_that_does_not_fit_is_not_given(world, unfit):
    world.has(a_venue(), a_coach())

    world.hear(an_assessment(**unfit))
    world.tick()

    assert world.story() == ["CaseWaitlisted"]


def test_a_seat_too_soon_to_prepare_for_is_not_given(world):
    world.has(a_venue(), a_coach(blocks=(a_block(weekday=0, opens=time(12)),)))

    world.hear(an_assessment())

    assert world.told("BookingConfirmed")[0].session.starts_at.date() == date(2013, 9, 9)


def test_before_the_deadline_no_seat_after_it_is_given_and_afterwards_it_is(world):
    world.at(datetime(2013, 10, 31, 6, 0, tzinfo=UTC))
    world.has(a_venue(), a_coach(blocks=(a_block(weekday=0),)))
    world.hear(an_assessment())
    world.tick()
    before = world.story()

    world.at(datetime(2013, 10, 31, 23, 0, tzinfo=UTC))
    world.tick()

    assert before == ["CaseWaitlisted"]
    assert world.told("BookingConfirmed")[0].session.starts_at == datetime(2013, 11, 4, 9, 0, tzinfo=UTC)


def test_an_organisation_in_two_programmes_is_never_in_two_places_at_once(world):
    world.hear(a_programme(programme_id="dk-other", deadline=None))
    only = a_block(closes=time(10, 45), valid_to=date(2013, 9, 3))
    world.has(a_venue(), a_coach("one", blocks=(only,)))
    with world.work() as uow:
        course = CourseWish("dk-other", "two", "lib-0101", datetime(2013, 9, 3, 7, 0, tzinfo=UTC), "beginner", "da")
        uow.coaches.save(a_coach("two", blocks=()))
        open_course(course, "test", uow)

    world.hear(an_assessment("case-1", organisation_id="org"))
    world.hear(an_assessment("case-2", organisation_id="org", programme_id="dk-other", help_forms=["course"]))
    world.tick()

    assert world.story("case-1") == ["BookingConfirmed"]
    assert world.story("case-2") == ["CaseWaitlisted"]


def test_a_case_that_wants_no_help_gets_nothing_and_gives_up_what_it_had(world):
    world.has(a_venue(), a_coach())

    world.hear(an_assessment("case-1", topics=[]), an_assessment("case-2"))
    world.hear(an_assessment("case-2", sequence=4, topics=[]))

    assert world.story("case-1") == []
    assert world.story("case-2") == ["BookingConfirmed", "BookingCancelled"]


def test_a_new_inventory_keeps_a_seat_that_still_fits_and_moves_one_that_does_not(world):
    world.has(a_venue(), a_coach(forms=("desk", "visit"), blocks=(a_block(opens=time(9), closes=time(15)),)))
    world.hear(a_contact("case-2"), an_assessment("case-1"), an_assessment("case-2"))

    world.hear(an_assessment("case-1", sequence=4, topics=["vat_reporting"]))
    world.hear(an_assessment("case-2", sequence=4, help_forms=["visit"]))

    assert world.story("case-1") == ["BookingConfirmed"]
    assert world.scalar("SELECT topics FROM bookings WHERE case_id = 'case-1'") == ["vat_reporting"]
    assert world.story("case-2") == ["BookingConfirmed", "BookingMoved"]
    assert world.scalar("SELECT state FROM left_seats") == "moved"


def test_an_erased_case_leaves_no_name_and_no_seat(world):
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment(), an_erasure(), a_contact(sequence=8))

    assert world.rows("SELECT organisation_name, phone, address, link_hash FROM contacts") == [(None, None, None, None)]
    assert world.placement().state == "unplaced"


def test_the_place_in_line_is_told_and_first_are_those_whose_session_was_cancelled(world):
    world.hear(an_assessment("case-1"))
    world.later(minutes=1)
    world.hear(an_assessment("case-2"), an_assessment("case-3", municipality="dk-0751"))
    world.has(a_venue(), a_coach(blocks=(a_block(closes=time(10, 45), valid_to=date(2013, 9, 3)),)))
    session_id = world.scalar("SELECT session_id FROM bookings WHERE case_id = 'case-1'")

    with world.work() as uow:
        cancel_session(session_id, "illness", uow)
        places = [uow.line.place_of(f"case-{number}") for number in (1, 2, 3)]

    assert places == [1, 2, 1]
    assert world.story("case-1") == ["CaseWaitlisted", "BookingConfirmed", "BookingCancelled", "CaseWaitlisted"]


@pytest.mark.parametrize("order", [1, -1])
def test_an_organisation_that_moved_is_helped_where_it_is_now(world, order):
    world.has(
        a_venue(), a_venue("dk-0751"), a_coach(municipalities=("dk-0751",), blocks=(a_block(venue_id="lib-0751"),))
    )

    world.hear(*[an_assessment(), a_contact(sequence=4, municipality="dk-0751")][::order])
    world.tick()

    assert world.told("BookingConfirmed")[0].municipality == "dk-0751"
    assert world.placement().state == "booked"


def who_came(world):
    return world.rows("SELECT DISTINCT case_id, organisation_id FROM bookings ORDER BY case_id")


def test_an_erased_case_stands_for_itself_and_nobody_knows_whose_it_was(world):
    world.has(a_venue(), a_coach(), a_coach("coach-2"))
    cases = ("case-1", "case-2")
    world.hear(*(an_assessment(case_id) for case_id in cases))
    with world.work() as uow:
        uow.connection.execute(text("UPDATE bookings SET state = 'attended'"))

    world.hear(*(an_erasure(case_id) for case_id in cases), *(an_assessment(case_id, sequence=4) for case_id in cases))

    assert who_came(world) == [(case_id, case_id) for case_id in cases]
    assert world.rows("SELECT case_id, organisation_id FROM cases ORDER BY case_id") == who_came(world)
    assert world.scalar("SELECT count(DISTINCT starts_at) FROM bookings") == 1


@pytest.mark.parametrize("number", ["", "dk-cvr-case-1"], ids=["emptied in the log", "as it first came"])
def test_an_assessment_that_is_heard_after_the_erasure_tells_nobody_whose_case_it_was(world, number):
    world.hear(an_erasure(), an_assessment(organisation_id=number))

    assert world.scalar("SELECT organisation_id FROM cases") == "case-1"


def test_cases_whose_numbers_were_emptied_in_the_log_do_not_count_as_one_organisation(world):
    world.has(a_venue(), a_coach(), a_coach("coach-2"))

    world.hear(an_assessment("case-1", organisation_id=""), an_assessment("case-2", organisation_id=""))

    assert world.scalar("SELECT count(DISTINCT starts_at) FROM bookings") == 1
    assert world.scalar("SELECT count(*) FROM bookings") == 2
