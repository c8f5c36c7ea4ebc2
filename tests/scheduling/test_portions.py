"""Free seats are given to the line in small transactions, and only those are looked at that somebody waits for."""

import pytest

from services.scheduling.handlers.making import make_sessions
from services.scheduling.handlers.waiting import OPENINGS_BATCH, SEATS_AT_ONCE, allocate_waiting
from tests.scheduling.builders import PROGRAMME, a_coach, a_venue, an_assessment

LINE = [f"case-{number:02}" for number in range(2 * SEATS_AT_ONCE + 5)]
BOOKED = "SELECT case_id FROM bookings ORDER BY case_id"


def opens(world, *people):
    """Their sessions are made, and not offered to anybody yet."""
    with world.work() as uow:
        for one in people:
            (uow.venues if hasattr(one, "opening") else uow.coaches).save(one)
    did = 1
    while did:
        with world.work() as uow:
            did = make_sessions(uow)


@pytest.fixture
def long_line(world):
    """A seat became free for each in the line."""
    world.hear(*(an_assessment(case_id) for case_id in LINE))
    world.tick()
    opens(world, a_venue(), *(a_coach(f"coach-{number}") for number in range(8)))
    assert world.scalar("SELECT count(*) FROM openings") > len(LINE)
    return world


@pytest.mark.parametrize("are_newcomers", [False, True])
def test_one_transaction_gives_so_many_seats_to_the_first_in_line(long_line, are_newcomers):
    with long_line.work() as uow:
        if are_newcomers:
            uow.line.look_again(PROGRAMME)
        allocate_waiting(uow)

    assert [row.case_id for row in long_line.rows(BOOKED)] == LINE[:SEATS_AT_ONCE]


def test_everybody_in_the_line_gets_a_seat_in_turn_and_is_told_once(long_line):
    long_line.tick()

    assert [event.case_id for event in long_line.told("BookingConfirmed")] == LINE
    assert long_line.scalar("SELECT count(*) FROM openings") == 0


@pytest.mark.parametrize(
    ("waits", "is_wanted"),
    [
        ({}, True),
        ({"municipality": "dk-0147"}, True),
        ({"municipality": "dk-0751"}, False),
        ({"help_forms": ["visit"]}, False),
        ({"language": "sv"}, False),
    ],
)
def test_a_seat_is_looked_at_when_somebody_within_reach_waits_for_its_kind(world, waits, is_wanted):
    world.hear(an_assessment(**waits))
    world.tick()
    opens(world, a_venue(), a_coach())

    with world.work() as uow:
        opened = uow.line.opened(uow.now, OPENINGS_BATCH)

    assert opened.looked == 8
    assert len(opened.session_ids) == (8 if is_wanted else 0)
