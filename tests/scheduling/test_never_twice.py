"""Rules 2-4 under pressure: many compete for few seats at once, on a real database, and nothing is ever given twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from messaging.refusals import Refusal
from services.scheduling.domain.rows import FORMS, LANGUAGES
from services.scheduling.handlers.cases import place_case, release_case, remember_contacts
from services.scheduling.handlers.courses import CourseWish, open_course
from services.scheduling.handlers.making import make_sessions
from services.scheduling.handlers.seats import ask_again, choose_seat, give_up
from services.scheduling.handlers.waiting import allocate_waiting
from tests.scheduling.builders import (
    MONDAY,
    PROGRAMME,
    TOPICS,
    a_block,
    a_closure,
    a_coach,
    a_contact,
    a_venue,
    an_assessment,
)
from tests.support.waiting import eventually, somebody_waits

RULES = {
    "a seat is sold once": """
        SELECT session_id FROM bookings WHERE state = 'booked' GROUP BY session_id, seat_number HAVING count(*) > 1""",
    "no more takings than seats": "SELECT session_id FROM sessions WHERE taken > seats OR taken < 0",
    "takings are bookings": """
        SELECT s.session_id FROM sessions s LEFT JOIN bookings b ON b.session_id = s.session_id AND b.state = 'booked'
        WHERE s.state = 'open' GROUP BY s.session_id, s.taken HAVING count(b.booking_id) <> s.taken""",
    "a coach is in one place": """
        SELECT a.session_id FROM sessions a JOIN sessions b USING (coach_id)
        WHERE a.session_id < b.session_id AND a.state <> 'cancelled' AND b.state <> 'cancelled'
          AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at""",
    "an organisation is in one place": """
        SELECT a.booking_id FROM bookings a JOIN bookings b USING (organisation_id)
        WHERE a.booking_id < b.booking_id AND a.state = 'booked' AND b.state = 'booked'
          AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at""",
    "the coach is accredited on the day": """
        SELECT b.booking_id FROM bookings b JOIN sessions s USING (session_id), unnest(b.topics) AS topic
        WHERE b.state = 'booked' AND NOT EXISTS (SELECT 1 FROM accreditations a
          WHERE a.coach_id = s.coach_id AND a.topic = topic AND a.expires_on >= s.day)""",
    "the coach speaks the language": """
        SELECT b.booking_id FROM bookings b JOIN sessions s USING (session_id) JOIN coaches c ON c.coach_id = s.coach_id
        WHERE b.state = 'booked' AND b.language <> ALL (c.languages)""",
    "a course takes its level": """
        SELECT b.booking_id FROM bookings b JOIN sessions s USING (session_id)
        WHERE b.state = 'booked' AND s.level IS NOT NULL AND s.level <> b.level""",
    "a form that was wished for": """
        SELECT b.booking_id FROM bookings b JOIN sessions s USING (session_id) JOIN cases c ON c.case_id = b.case_id
        WHERE b.state = 'booked' AND s.form <> ALL (c.help_forms)""",
    "a visit has an address": """
        SELECT b.booking_id FROM bookings b JOIN sessions s USING (session_id) LEFT JOIN contacts k USING (case_id)
        WHERE b.state = 'booked' AND s.form = 'visit' AND k.address IS NULL""",
    "one place for each case": """
        SELECT p.case_id FROM placements p LEFT JOIN bookings b ON b.case_id = p.case_id AND b.state = 'booked'
        WHERE (p.state = 'booked') <> (b.booking_id IS NOT NULL)""",
}

some_topics = st.lists(st.sampled_from(TOPICS), min_size=1, unique=True)
coaches = st.fixed_dictionaries(
    {
        "languages": st.lists(st.sampled_from(LANGUAGES), min_size=1, unique=True).map(tuple),
        "accreditations": st.dictionaries(
            st.sampled_from(TOPICS), st.dates(date(2013, 9, 1), date(2013, 9, 20)), min_size=1
        ),
        "forms": st.just(FORMS),
    }
)
cases = st.fixed_dictionaries(
    {
        "topics": some_topics,
        "language": st.sampled_from(LANGUAGES),
        "help_forms": st.lists(st.sampled_from(FORMS), min_size=1, unique=True),
        "levels": st.fixed_dictionaries({topic: st.integers(0, 3) for topic in TOPICS}),
        "organisation_id": st.sampled_from(["one", "two", "three"]),
    }
)


def broken(world):
    return [rule for rule, query in RULES.items() if world.rows(query)]


def again(world, use_case, *args):
    """Run a use case as its process would: once more when the database broke a tie; a refusal is an answer."""
    for _ in range(20):
        try:
            with world.database.begin() as uow:
                return use_case(*args, uow)
        except Refusal:
            return None
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") not in {"40P01", "23P01", "23505"}:
                raise
    raise AssertionError("never got through")


def a_moved_contact(case_id, uow):
    """The organisation tells of itself from the municipality next door."""
    remember_contacts([a_contact(case_id, sequence=30, municipality="dk-0147")], uow)


def another_seat(case_id, uow):
    """It chooses the last seat of all."""
    session_id = uow.connection.exec_driver_sql(
        "SELECT session_id FROM sessions WHERE taken = 0 ORDER BY starts_at DESC"
    ).scalar()
    choose_seat(case_id, session_id, uow)


def cleared(world):
    with world.database.engine.begin() as connection:
        for table in ("left_seats", "bookings", "placements", "sessions", "horizons", "absences", "availability",
                      "accreditations", "coaches", "cases", "contacts", "openings", "capacity_changes", "capacity_reports"):  # fmt: skip
            connection.exec_driver_sql(f"DELETE FROM {table}")
    world.at(MONDAY)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(coaches, min_size=1, max_size=3),
    wishes=st.lists(cases, min_size=1, max_size=12),
    streets=st.lists(st.sampled_from(["Søgade 1", None]), max_size=12),
)
def test_whatever_coaches_and_cases_there_are_no_rule_is_broken(world, people, wishes, streets):
    cleared(world)
    world.has(a_venue(), *(
        a_coach(f"coach-{number}", blocks=(a_block(weekday=number, opens=time(9), closes=time(15)),), **facts)
        for number, facts in enumerate(people)
    ))  # fmt: skip
    course = CourseWish(
        PROGRAMME, "coach-0", "lib-0101", MONDAY + timedelta(days=4), "beginner", people[0]["languages"][0]
    )
    again(world, open_course, course, "test")

    world.hear(*(a_contact(f"case-{number}", address=street) for number, street in enumerate(streets)))
    world.hear(*(an_assessment(f"case-{number}", **facts) for number, facts in enumerate(wishes)))
    world.tick()
    world.hear(*(a_closure(f"case-{number}") for number in range(0, len(wishes), 3)))
    world.tick()

    assert broken(world) == []
    assert fitting_seats_left_for_the_waiting(world) == []


def fitting_seats_left_for_the_waiting(world):
    """Nobody waits while a seat that fits is free."""
    waiting = [row.case_id for row in world.rows("SELECT case_id FROM placements WHERE state = 'waiting'")]
    with world.work() as uow:
        return [case_id for case_id in waiting if uow.seats.free(uow.cases.in_hand(case_id), uow.now)]


@pytest.fixture
def few_seats(world):
    """Eight seats: four at the desk on Tuesday, and again a week later."""
    world.has(a_venue(), a_coach())
    return world


def test_forty_cases_at_once_get_eight_seats_and_thirty_two_places_in_line(few_seats):
    assessments = [an_assessment(f"case-{number}") for number in range(40)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda event: again(few_seats, place_case, event), assessments))
    few_seats.tick()

    assert broken(few_seats) == []
    assert few_seats.rows("SELECT state, count(*) FROM placements GROUP BY 1 ORDER BY 1") == [
        ("booked", 8),
        ("waiting", 32),
    ]


def test_everybody_wants_the_same_seat_and_one_gets_it(few_seats):
    few_seats.hear(*(an_assessment(f"case-{number}") for number in range(7)))
    session_id = few_seats.scalar("SELECT session_id FROM sessions WHERE taken = 0")

    with ThreadPoolExecutor(7) as pool:
        list(pool.map(lambda n: again(few_seats, choose_seat, f"case-{n}", session_id), range(7)))

    assert broken(few_seats) == []
    assert (
        few_seats.scalar("SELECT count(*) FROM bookings WHERE session_id = :s AND state = 'booked'", s=session_id) == 1
    )


TOLD_TWICE = """
    SELECT case_id, sequence FROM (
        SELECT envelope::jsonb->'data'->>'case_id' AS case_id, envelope::jsonb->>'sequence' AS sequence
        FROM outbox WHERE type ~ 'waitlisted|unplaced|booking') told
    WHERE case_id IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1"""


@pytest.mark.parametrize(
    ("use_case", "stands"),
    [(give_up, "unplaced"), (ask_again, "booked"), (a_moved_contact, "booked"), (another_seat, "booked")],
)
def test_who_waits_for_a_case_in_other_hands_finds_it_as_those_left_it(few_seats, use_case, stands):
    few_seats.hear(*(an_assessment(f"case-{number}") for number in range(9)))
    waiting = few_seats.scalar("SELECT case_id FROM placements WHERE state = 'waiting'")
    again(few_seats, give_up, few_seats.scalar("SELECT min(case_id) FROM bookings"))
    again(few_seats, give_up, few_seats.scalar("SELECT max(case_id) FROM bookings WHERE state = 'booked'"))

    with ThreadPoolExecutor(1) as pool, few_seats.database.begin() as uow:
        allocate_waiting(uow)
        other = pool.submit(again, few_seats, use_case, waiting)
        eventually(lambda: other.done() or somebody_waits(few_seats.database), "it waits for the case")

    other.result()
    few_seats.tick()
    assert few_seats.placement(waiting).state == stands
    assert broken(few_seats) == []
    assert few_seats.rows(TOLD_TWICE) == []


def test_of_two_courses_opened_at_once_for_one_coach_one_is_opened(world):
    world.has(a_venue(), a_coach(blocks=()))
    first, second = (
        CourseWish(PROGRAMME, "coach-1", "lib-0101", MONDAY + timedelta(days=4, minutes=minutes), "beginner", "da")
        for minutes in (0, 30)
    )

    with ThreadPoolExecutor(1) as pool, world.database.begin() as uow:
        open_course(first, "test", uow)
        other = pool.submit(again, world, open_course, second, "test")
        eventually(lambda: other.done() or somebody_waits(world.database), "the second has found the coach free")

    assert other.result() is None
    assert broken(world) == []


def test_who_gives_a_seat_up_and_who_renews_its_coach_never_wait_for_each_other(few_seats):
    few_seats.hear(an_assessment())
    with few_seats.database.begin() as uow:
        uow.coaches.save(a_coach(name="Karen Holm Jensen"))

    def renew():
        with few_seats.database.begin() as uow:
            make_sessions(uow)

    with ThreadPoolExecutor(1) as pool, few_seats.database.begin() as uow:
        uow.cases.in_hand("case-1")
        other = pool.submit(renew)
        eventually(lambda: other.done() or somebody_waits(few_seats.database), "the coach's turn waits for the case")
        give_up("case-1", uow)

    other.result()
    assert few_seats.placement().state == "unplaced"
    assert broken(few_seats) == []


def test_booking_moving_cancelling_closing_and_offering_at_once_breaks_nothing(few_seats):
    sessions = [row.session_id for row in few_seats.rows("SELECT session_id FROM sessions")]
    few_seats.hear(*(an_assessment(f"case-{number}") for number in range(12)))

    def live(number):
        case_id = f"case-{number}"
        again(few_seats, choose_seat, case_id, sessions[number % 8])
        again(few_seats, allocate_waiting)
        if number % 3 == 0:
            again(few_seats, give_up, case_id)
        if number % 4 == 0:
            again(few_seats, release_case, a_closure(case_id))
        again(few_seats, place_case, an_assessment(case_id, sequence=20))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(live, range(12)))
    few_seats.tick()

    assert broken(few_seats) == []
    assert fitting_seats_left_for_the_waiting(few_seats) == []
