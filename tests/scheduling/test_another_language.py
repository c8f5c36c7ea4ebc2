"""An inventory told again in another language keeps the seat, moves it, or has its owner wait for a coach who speaks it."""

import pytest

from tests.scheduling.builders import a_block, a_closure, a_coach, a_contact, a_venue, an_assessment

BOOKED = "SELECT b.language, s.coach_id FROM bookings b JOIN sessions s USING (session_id) WHERE b.state = 'booked'"


def told_again(sequence=5, **changes):
    return an_assessment(sequence=sequence, **{"state": "booked", "language": "sv", **changes})


def a_swedish_coach():
    return a_coach("swedish", languages=("sv",), blocks=(a_block(weekday=3),))


def test_a_seat_whose_coach_speaks_it_is_kept(world):
    world.has(a_venue(), a_coach(languages=("da", "sv")))
    world.hear(a_contact(), an_assessment())

    world.hear(told_again())

    assert world.story() == ["BookingConfirmed"]
    assert [tuple(row) for row in world.rows(BOOKED)] == [("sv", "coach-1")]


def test_a_seat_whose_coach_does_not_speak_it_is_moved_to_one_who_does(world):
    world.has(a_venue(), a_coach(), a_swedish_coach())
    world.hear(a_contact(), an_assessment())

    world.hear(told_again())

    (moved,) = world.told("BookingMoved")
    assert (moved.moved_by, moved.session.language) == ("organisation", "sv")
    assert [tuple(row) for row in world.rows(BOOKED)] == [("sv", "swedish")]


def test_without_a_coach_who_speaks_it_its_owner_is_first_in_line(world):
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment())

    world.hear(told_again())

    assert world.story() == ["BookingConfirmed", "BookingCancelled", "CaseWaitlisted"]
    assert world.placement().first_in_line


def test_who_waits_gets_a_seat_with_who_speaks_it(world):
    world.has(a_venue(), a_swedish_coach())
    world.hear(a_contact(), an_assessment())

    world.hear(told_again(state="waiting"))

    assert world.story() == ["CaseWaitlisted", "BookingConfirmed"]


@pytest.mark.parametrize(
    ("order", "story"),
    [
        ((0, 1), ["BookingConfirmed", "BookingCancelled", "BookingConfirmed"]),
        ((1, 0), ["BookingConfirmed"]),
    ],
)
def test_out_of_reach_and_in_reach_again_leave_a_seat_in_any_order(world, order, story):
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment())
    events = [a_closure(sequence=4, state="unreachable"), told_again(6, state="assessed", language="da")]

    world.hear(*(events[index] for index in order))

    assert world.story() == story
    assert len(world.rows(BOOKED)) == 1
