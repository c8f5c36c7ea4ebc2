"""Sessions roll on with the calendar, are opened by hand, and are cancelled with everybody told."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from messaging.reach import FIRST, LAST
from services.scheduling.domain.refusals import CoachBusy, InvalidValue, RoomBusy
from services.scheduling.handlers.courses import CourseWish, open_course
from services.scheduling.handlers.seats import give_up
from services.scheduling.handlers.sessions import add_absence, cancel_session, remove_absence
from tests.scheduling.builders import (
    PROGRAMME,
    TOPICS,
    a_block,
    a_closure,
    a_coach,
    a_programme,
    a_venue,
    an_assessment,
    the_municipalities,
)

TEN = datetime(2013, 9, 3, 8, 0, tzinfo=UTC)


def a_wish(**changes):
    facts = {
        "programme_id": PROGRAMME, "coach_id": "coach-1", "venue_id": "lib-0101", "starts_at": TEN,
        "level": "beginner", "language": "da",
    }  # fmt: skip
    return CourseWish(**{**facts, **changes})


def opened(world, **changes):
    with world.work() as uow:
        return open_course(a_wish(**changes), "test", uow)


def given_back(world):
    """Somebody had the seat on Tuesday at ten, and cancelled it."""
    world.hear(an_assessment())
    with world.work() as uow:
        give_up("case-1", uow)


def days(world):
    return [row.day for row in world.rows("SELECT DISTINCT day FROM sessions WHERE state <> 'cancelled' ORDER BY day")]


def test_sessions_are_made_as_far_as_the_horizon_and_roll_on(world):
    world.has(a_venue(), a_coach())
    first = days(world)

    world.later(days=7)
    world.tick()

    assert first == [date(2013, 9, 3), date(2013, 9, 10)]
    assert days(world) == [*first, date(2013, 9, 17)]


def test_a_programme_that_comes_after_its_coaches_has_sessions_at_once(bare_world):
    bare_world.hear(the_municipalities())
    bare_world.has(a_venue(), a_coach())
    assert bare_world.scalar("SELECT count(*) FROM sessions") == 0

    bare_world.hear(a_programme())
    bare_world.tick()

    assert bare_world.scalar("SELECT count(*) FROM sessions") > 0


def test_making_them_again_makes_nothing_new(world):
    world.has(a_venue(), a_coach())
    before = world.rows("SELECT session_id FROM sessions ORDER BY session_id")

    world.tick()

    assert world.rows("SELECT session_id FROM sessions ORDER BY session_id") == before


def test_a_changed_week_makes_other_sessions_and_keeps_those_with_a_booking(world):
    world.has(a_venue(), a_coach())
    world.hear(an_assessment())

    world.has(a_coach(blocks=(a_block(weekday=3),)))

    assert days(world) == [date(2013, 9, 3), date(2013, 9, 5), date(2013, 9, 12)]
    assert world.scalar("SELECT count(*) FROM sessions WHERE day = '2013-09-03'") == 1


def test_an_hour_that_was_given_back_goes_with_the_coachs_week_and_comes_back_with_it(world):
    world.has(a_venue(), a_coach())
    given_back(world)

    world.has(a_coach(blocks=(a_block(weekday=3),)))
    elsewhere = days(world)
    world.has(a_coach())

    assert elsewhere == [date(2013, 9, 5), date(2013, 9, 12)]
    assert world.scalar("SELECT count(*) FROM sessions WHERE starts_at = :at AND state = 'open'", at=TEN) == 1
    with world.work() as uow:
        week = uow.listings.sessions("dk-0101", TEN.date(), TEN.date())
    assert [session.state for session in week] == ["open"] * 4


def test_a_lost_accreditation_gives_who_needed_it_another_coach(world):
    world.has(a_venue(), a_coach("coach-1"), a_coach("coach-2", blocks=(a_block(weekday=2),)))
    world.hear(an_assessment())

    world.has(a_coach("coach-1", accreditations={"vat_reporting": date(2014, 1, 1)}))

    assert world.story() == ["BookingConfirmed", "BookingMoved"]
    assert world.told("BookingMoved")[0].session.starts_at.date() == date(2013, 9, 4)


def test_a_course_follows_its_coach_in_what_is_lost_and_gains_nothing(world):
    world.has(a_venue(), a_coach("coach-1", blocks=(), languages=("da", "en")))
    session_id = opened(world, topics=["digital_signature", "digital_mailbox"])
    wishes = {"help_forms": ["course"]}
    world.hear(an_assessment("mailbox", topics=["digital_mailbox"], **wishes))
    world.hear(an_assessment("signature", topics=["digital_signature"], **wishes))

    accredited = {"digital_mailbox": date(2014, 1, 1), "vat_reporting": date(2014, 1, 1)}
    world.has(a_coach("coach-1", blocks=(), languages=("da", "sv"), accreditations=accredited))

    kept = world.rows("SELECT topics, languages FROM sessions WHERE session_id = :id", id=session_id)
    assert [tuple(row) for row in kept] == [(["digital_mailbox"], ["da"])]
    assert world.placement("mailbox").state == "booked"
    assert world.placement("signature").state == "waiting"


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "field"),
    [("0001-01-01T00:00:00+14:00", "2013-10-01T00:00:00Z", "starts_at"),
     ("2013-10-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "ends_at")],
)  # fmt: skip
def test_an_absence_that_no_calendar_reckons_with_is_refused(world, starts_at, ends_at, field):
    world.has(a_venue(), a_coach())

    with pytest.raises(InvalidValue) as refused, world.work() as uow:
        add_absence("coach-1", datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at), "", uow)

    assert refused.value.field == field


def test_a_course_centuries_away_is_refused(world):
    world.has(a_venue(), a_coach())

    with pytest.raises(InvalidValue, match=f"between {FIRST.year} and {LAST.year}"):
        opened(world, starts_at=datetime(9999, 12, 31, 23, 59, tzinfo=UTC))


def test_illness_cancels_the_sessions_in_it_and_tells_their_owners(world):
    world.has(a_venue(), a_coach())
    world.hear(an_assessment())

    with world.work() as uow:
        absence_id, case_ids = add_absence("coach-1", TEN, TEN + timedelta(hours=8), "flu", uow)
    world.tick()
    with world.work() as uow:
        remove_absence("coach-1", absence_id, uow)
    world.tick()

    assert world.story() == ["BookingConfirmed", "BookingCancelled", "CaseWaitlisted", "BookingConfirmed"]
    assert world.told("BookingCancelled")[0].reason == "session_cancelled"
    assert case_ids == ["case-1"]
    assert world.scalar("SELECT count(*) FROM sessions WHERE day = '2013-09-03' AND state = 'open'") == 4


def test_a_cancelled_session_is_not_made_again(world):
    world.has(a_venue(), a_coach())
    world.hear(an_assessment())
    session_id = world.scalar("SELECT session_id FROM bookings")

    with world.work() as uow:
        cancel_session(session_id, "room", uow)
    world.has(a_coach(name="Karen Holm Jensen"))

    assert world.scalar("SELECT count(*) FROM sessions WHERE starts_at = :at AND state = 'open'", at=TEN) == 0


def test_a_course_takes_its_level_only_and_as_many_as_it_has_seats(world):
    world.has(a_venue(), a_coach(blocks=()))
    opened(world, seats=2)
    wishes = {"help_forms": ["course"]}

    world.hear(an_assessment("good", levels=dict.fromkeys(TOPICS, 3), **wishes))
    world.hear(*(an_assessment(f"new-{number}", **wishes) for number in range(3)))
    world.tick()

    stories = [world.story(case_id)[-1] for case_id in ("good", "new-0", "new-1", "new-2")]
    assert stories == ["CaseWaitlisted", "BookingConfirmed", "BookingConfirmed", "CaseWaitlisted"]


def test_a_course_is_offered_to_everybody_who_waits(world):
    world.hear(*(an_assessment(f"case-{number}", help_forms=["course"]) for number in range(3)))
    world.has(a_venue(), a_coach(blocks=()))

    opened(world)
    world.tick()

    assert len(world.told("BookingConfirmed")) == 3


def test_free_hours_give_way_to_a_course_but_booked_ones_do_not(world):
    world.has(a_venue(), a_coach())
    opened(world, starts_at=TEN + timedelta(days=7))
    world.hear(an_assessment())

    with pytest.raises(CoachBusy):
        opened(world)

    forms = world.rows("SELECT form FROM sessions WHERE day = '2013-09-10' ORDER BY form")
    assert forms == [("course",), ("desk",)]


def test_an_hour_that_was_given_back_gives_way_to_a_course(world):
    world.has(a_venue(), a_coach())
    given_back(world)

    opened(world)

    forms = world.rows("SELECT form FROM sessions WHERE day = '2013-09-03' AND state = 'open' ORDER BY form")
    assert forms == [("course",), ("desk",)]


def test_a_course_is_not_opened_while_its_coach_is_away(world):
    world.has(a_venue(), a_coach(blocks=()))
    with world.work() as uow:
        add_absence("coach-1", TEN + timedelta(hours=2), TEN + timedelta(hours=8), "leave", uow)

    with pytest.raises(CoachBusy, match="away") as refused:
        opened(world)
    opened(world, starts_at=TEN + timedelta(hours=8))

    assert refused.value.field == "starts_at"


def test_a_room_is_used_once(world):
    world.has(a_venue(), a_coach("coach-1", blocks=()), a_coach("coach-2", blocks=()))
    opened(world, room="Hall")

    with pytest.raises(RoomBusy):
        opened(world, room="Hall", coach_id="coach-2")
    opened(world, room="Cellar", coach_id="coach-2")

    assert world.scalar("SELECT count(*) FROM sessions") == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "sv"),
        ("level", "genius"),
        ("topics", ["sick_pay_reporting"]),
        ("starts_at", TEN - timedelta(days=30)),
        ("coach_id", "nobody"),
        ("venue_id", "lib-0147"),
        ("programme_id", "nothing"),
    ],
)
def test_a_course_that_cannot_be_is_refused_with_its_field(world, field, value):
    world.has(a_venue(), a_venue("dk-0147"), a_coach(blocks=()))

    with pytest.raises(InvalidValue) as refused:
        opened(world, **{field: value})

    assert refused.value.field == field


def test_capacity_is_told_from_today_to_the_horizon_and_only_when_it_changed(world):
    world.has(a_venue(), a_coach(blocks=(a_block(opens=time(10), closes=time(12)),)))
    world.hear(an_assessment())
    world.later(minutes=2)
    world.tick()
    world.later(minutes=2)
    world.tick()

    first, second = world.told("CapacityChanged")
    assert [(day.day, day.form, day.seats, day.taken) for day in first.days] == [
        (date(2013, 9, 3), "desk", 2, 0),
        (date(2013, 9, 10), "desk", 2, 0),
    ]
    assert [day.taken for day in second.days] == [1, 0]
    assert (first.sequence, second.sequence) == (1, 2)
    assert second.from_day == date(2013, 9, 2)


def test_a_seat_given_back_is_free_for_a_newcomer(world):
    world.has(a_venue(), a_coach())
    world.hear(an_assessment("case-1"), a_closure("case-1"), an_assessment("case-2"))

    assert world.told("BookingConfirmed")[1].session.starts_at == TEN
