"""A case gets the earliest seat that fits, or waits for one."""

from datetime import UTC, datetime

from tests.scheduling.builders import a_block, a_closure, a_coach, a_venue, an_assessment


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
