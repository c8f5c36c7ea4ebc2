"""An organisation that moves to another municipality waits there, and keeps the seat that it has."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frist_contracts.scheduling import CaseWaitlisted
from services.scheduling.subscriptions import SchedulingSubscriptions
from tests.scheduling.builders import a_coach, a_contact, a_programme, a_venue, an_assessment, the_municipalities
from tests.support.batches import what_followed
from web.access import Role

THERE = "dk-0751"


def test_who_waits_and_moves_is_told_of_in_the_new_line_with_the_same_right(world):
    world.hear(a_contact(), an_assessment())
    before = world.placement()

    for _ in range(2):
        world.hear(a_contact(sequence=4, municipality=THERE))

    assert [(event.municipality, event.reason) for event in world.told("CaseWaitlisted")] == [
        ("dk-0101", "no_seat_fits"),
        (THERE, "no_seat_fits"),
    ]
    after = world.placement()
    assert (after.wished_at, after.first_in_line, after.sequence) == (before.wished_at, False, 2)


def test_the_answers_given_where_it_is_now_may_be_heard_first(world):
    world.hear(a_contact(), an_assessment())

    world.hear(an_assessment(sequence=5, municipality=THERE), a_contact(sequence=4, municipality=THERE))

    assert [event.municipality for event in world.told("CaseWaitlisted")] == ["dk-0101", THERE]


def test_a_seat_that_was_given_stays_when_its_owner_moves(world):
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment())

    world.hear(a_contact(sequence=4, municipality=THERE))
    world.tick()

    assert world.story() == ["BookingConfirmed"]
    assert world.placement().state == "booked"


def test_the_new_lead_may_book_it_in_and_the_old_one_no_longer(world, signed_in):
    world.hear(a_contact(), an_assessment())

    world.hear(a_contact(sequence=4, municipality=THERE))

    answers = [
        signed_in(Role.LEAD, municipality=code).get("/scheduling/cases/case-1/seat").status_code
        for code in ("dk-0101", THERE)
    ]
    assert answers == [403, 200]
    lines = [world.scalar("SELECT count(*) FROM placements WHERE municipality = :m", m=m) for m in ("dk-0101", THERE)]
    assert lines == [0, 1]


def test_each_new_place_in_line_follows_from_the_contact_data_of_its_own_case(world):
    cases = ("case-1", "case-2")
    world.hear(*map(a_contact, cases), *map(an_assessment, cases))
    batch = [a_contact(case_id, 4, municipality=THERE) for case_id in reversed(cases)]

    followed = what_followed(world.database, SchedulingSubscriptions, batch)

    waitlisted = CaseWaitlisted.type_name()
    assert {(case, cause) for kind, case, cause in followed if kind == waitlisted} == {("case-2", 0), ("case-1", 1)}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_events_of_a_move_in_any_order_and_number_end_in_the_new_line(bare_world, data):
    world = bare_world
    world.examples = getattr(world, "examples", 0) + 1
    case_id = f"case-{world.examples}"
    moved = {"municipality": THERE}
    events = [
        a_contact(case_id),
        an_assessment(case_id),
        a_contact(case_id, 4, **moved),
        an_assessment(case_id, 6, help_forms=["visit"], **moved),
    ]
    again = data.draw(st.lists(st.sampled_from(events), max_size=3))

    world.hear(a_programme(), the_municipalities(), *data.draw(st.permutations(events + again)))
    world.tick()

    (row,) = world.rows("SELECT state, municipality, sequence FROM placements WHERE case_id = :c", c=case_id)
    last = [event for event in world.told("CaseWaitlisted") if event.case_id == case_id][-1]
    assert (row.state, row.municipality) == ("waiting", THERE)
    assert (last.municipality, last.sequence) == (THERE, row.sequence)
