"""Guarantee 3: any order and any repetition of the same events leads to the same places."""

from datetime import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scheduling.builders import (
    a_block,
    a_closure,
    a_coach,
    a_contact,
    a_programme,
    a_venue,
    an_assessment,
    an_erasure,
    the_municipalities,
)

JOURNEYS = {
    "asks": ([a_contact, an_assessment], "booked"),
    "changes its mind": ([a_contact, an_assessment, lambda c: an_assessment(c, 5, topics=["vat_reporting"])], "booked"),
    "needs no help": ([a_contact, an_assessment, lambda c: an_assessment(c, 5, topics=[])], "none"),
    "ends": ([a_contact, an_assessment, a_closure], "none"),
    "comes back": ([an_assessment, lambda c: a_closure(c, 4), lambda c: an_assessment(c, 6)], "booked"),
    "is erased": ([a_contact, an_assessment, an_erasure, lambda c: a_contact(c, 4)], "none"),
    "is visited": ([a_contact, lambda c: an_assessment(c, help_forms=["visit"])], "booked"),
    "tells late where": (
        [
            lambda c: a_contact(c, address=None),
            lambda c: an_assessment(c, help_forms=["visit"]),
            lambda c: a_contact(c, 4),
        ],
        "booked",
    ),
    "never tells where": (
        [lambda c: a_contact(c, address=None), lambda c: an_assessment(c, help_forms=["visit"])],
        "waiting",
    ),
    "cannot be helped": ([a_contact, lambda c: an_assessment(c, language="sv")], "waiting"),
}


@pytest.fixture
def stage(bare_world):
    """Coaches with plenty of seats, before any event was heard."""
    with bare_world.work() as uow:
        uow.venues.save(a_venue())
        uow.coaches.save(
            a_coach(
                forms=("desk", "visit"),
                blocks=tuple(a_block(weekday=day, opens=time(8), closes=time(20)) for day in range(6)),
            )
        )
    return bare_world


def state_of(world, case_id):
    rows = world.rows("SELECT state FROM placements WHERE case_id = :case_id", case_id=case_id)
    state = rows[0].state if rows else "none"
    return "none" if state == "unplaced" else state


@pytest.mark.parametrize("journey", JOURNEYS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_events_of_a_journey_in_any_order_and_number_lead_to_the_same_place(stage, journey, data):
    steps, expected = JOURNEYS[journey]
    stage.examples = getattr(stage, "examples", 0) + 1
    case_id = f"case-{stage.examples}"
    events = [step(case_id) for step in steps]
    shuffled = data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events), max_size=3))))

    stage.hear(*shuffled[:1], a_programme(), *shuffled[1:2], the_municipalities(), *shuffled[2:])
    stage.tick()

    assert state_of(stage, case_id) == expected
    live = stage.scalar("SELECT count(*) FROM bookings WHERE case_id = :c AND state = 'booked'", c=case_id)
    assert live == (expected == "booked")


def test_a_seat_is_the_same_whether_programme_or_case_was_heard_of_first(stage):
    first = [a_programme(), the_municipalities(), a_contact(), an_assessment()]

    stage.hear(*first[::-1])
    stage.tick()

    assert stage.placement().state == "booked"
    assert stage.story() in (["BookingConfirmed"], ["CaseWaitlisted", "BookingConfirmed"])


def test_an_older_contact_never_replaces_a_newer_one(stage):
    stage.hear(a_contact(sequence=5, phone="+4599999999"), a_contact(sequence=4), a_contact(sequence=5))

    assert stage.scalar("SELECT phone FROM contacts") == "+4599999999"


def test_an_older_programme_never_replaces_a_newer_one(stage):
    stage.hear(a_programme(sequence=2, deadline="2013-12-01"), a_programme(sequence=1))

    assert str(stage.scalar("SELECT rules->>'deadline' FROM programmes")) == "2013-12-01"
