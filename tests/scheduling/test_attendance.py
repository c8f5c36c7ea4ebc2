"""Coaches record who came; nothing is guessed, and nothing is recorded twice."""

from datetime import date

import pytest

from services.scheduling.domain.placement import Attendance, TopicOutcome
from services.scheduling.domain.refusals import AlreadyRecorded, NotFound, TooEarlyToRecord
from services.scheduling.handlers.attendance import hold_sessions, record_attendance
from tests.scheduling.builders import a_closure, a_coach, a_programme, a_venue, an_assessment

DONE = (TopicOutcome("digital_mailbox", True, 1, 3), TopicOutcome("digital_signature", True, 0, 2))
HALF = (TopicOutcome("digital_mailbox", False, 1, 1), TopicOutcome("digital_signature", True, 0, 2))


@pytest.fixture
def booked(world):
    """One case with a seat on Tuesday at ten, and it is Tuesday afternoon."""
    world.has(a_venue(), a_coach())
    world.hear(an_assessment())
    world.later(days=1, hours=8)
    world.booking_id = world.placement().booking_id
    return world


def record(world, said, booking_id=None):
    with world.work() as uow:
        record_attendance(booking_id or world.booking_id, said, uow)


def test_who_came_is_helped_and_the_session_was_held(booked):
    record(booked, Attendance(True, DONE))

    attended, held = booked.told("BookingAttended", "SessionHeld")
    assert [outcome.achieved for outcome in attended.outcomes] == [True, True]
    assert (held.attended, held.seats) == (1, 1)
    assert booked.placement().state == "attended"


def test_recording_the_same_again_changes_nothing(booked):
    record(booked, Attendance(True, DONE))
    record(booked, Attendance(True, DONE))

    assert booked.story() == ["BookingConfirmed", "BookingAttended"]


def test_recording_something_else_afterwards_is_refused(booked):
    record(booked, Attendance(True, DONE))

    with pytest.raises(AlreadyRecorded):
        record(booked, Attendance(attended=False))
    with pytest.raises(AlreadyRecorded):
        record(booked, Attendance(True, HALF))


def test_nothing_is_recorded_before_the_day(world):
    world.has(a_venue(), a_coach())
    world.hear(an_assessment())

    with pytest.raises(TooEarlyToRecord):
        record(world, Attendance(True, DONE), world.placement().booking_id)


def test_an_unknown_booking_is_not_found(world):
    with pytest.raises(NotFound):
        record(world, Attendance(attended=False), "nothing")


def test_a_topic_nobody_spoke_of_is_not_achieved_and_keeps_its_level(booked):
    record(booked, Attendance(True, DONE[1:]))

    (attended,) = booked.told("BookingAttended")
    mailbox = attended.outcomes[0]
    assert (mailbox.topic, mailbox.achieved, mailbox.level_before, mailbox.level_after) == (
        "digital_mailbox",
        False,
        1,
        1,
    )


def test_who_needs_another_session_gets_one_for_what_is_left(booked):
    record(booked, Attendance(True, HALF, rebook=True))

    assert booked.story() == ["BookingConfirmed", "BookingAttended", "BookingConfirmed"]
    assert booked.rows("SELECT state, topics FROM bookings ORDER BY starts_at") == [
        ("attended", ["digital_mailbox", "digital_signature"]),
        ("booked", ["digital_mailbox"]),
    ]


def test_who_did_not_come_stands_in_line_again_until_it_is_too_often(booked):
    for _ in range(3):
        record(booked, Attendance(attended=False), booked.placement().booking_id)
        booked.tick()
        booked.later(days=8)

    again = ["CaseWaitlisted", "BookingConfirmed", "BookingMissed"]
    assert booked.story() == ["BookingConfirmed", "BookingMissed", *again, *again, "CaseUnplaced"]
    assert booked.told("CaseUnplaced")[0].reason == "too_many_no_shows"
    assert [event.sequence for event in booked.events if hasattr(event, "case_id")] == list(range(1, 10))


def test_who_did_not_come_and_wants_no_help_any_more_does_not_stand_in_line(booked):
    booked.hear(an_assessment(sequence=4, topics=[]))

    record(booked, Attendance(attended=False))

    assert booked.story() == ["BookingConfirmed", "BookingMissed", "CaseUnplaced"]
    assert booked.told("CaseUnplaced")[0].reason == "no_help_wanted"


def test_a_session_to_which_nobody_came_is_not_paid_for(booked):
    record(booked, Attendance(attended=False))

    assert booked.told("SessionHeld") == []


def test_a_closed_case_keeps_a_booking_that_has_begun_so_that_it_can_be_recorded(booked):
    booked.hear(a_closure())
    record(booked, Attendance(True, DONE, rebook=True))

    assert booked.story() == ["BookingConfirmed", "BookingAttended"]


def test_what_is_not_recorded_stays_overdue_and_is_never_guessed(booked):
    booked.later(days=2)
    with booked.work() as uow:
        did = hold_sessions(uow)
        today = uow.programmes.get(a_programme().programme_id).today(uow.now)
        overdue = uow.listings.overdue("coach-1", today, None)

    assert did == 0
    assert [visitor.booking_id for visitor in overdue] == [booked.booking_id]


def test_an_outcome_for_a_topic_of_no_programme_is_refused_with_the_choices(booked, operator):
    outcomes = [
        {"topic": topic, "achieved": True, "level_before": 0, "level_after": 2}
        for topic in ("digital_mailbox", "knitting")
    ]
    address = f"/scheduling/api/bookings/{booked.booking_id}/attendance"

    answer = operator.post(address, json={"attended": True, "outcomes": outcomes})

    (error,) = answer.get_json()["errors"]
    assert (answer.status_code, error["field"]) == (422, "outcomes.1.topic")
    assert "choose from digital_mailbox, digital_signature, vat_reporting" in error["message"]
    assert booked.story() == ["BookingConfirmed"]


def test_a_topic_that_nobody_booked_may_be_recorded_when_the_programme_has_it(booked):
    more = TopicOutcome("vat_reporting", achieved=True, level_before=0, level_after=1)

    record(booked, Attendance(True, (*DONE, more)))

    assert len(booked.told("BookingAttended")[0].outcomes) == 3


def test_answers_given_after_the_session_began_leave_it_as_it_was_and_are_seen_to_when_it_is_recorded(booked):
    booked.later(days=1)
    booked.hear(an_assessment(sequence=4, topics=["vat_reporting"], language="en"))

    (past,) = booked.rows("SELECT topics, language FROM bookings")
    assert tuple(past) == (["digital_mailbox", "digital_signature"], "da")

    record(booked, Attendance(True, DONE))

    assert booked.story() == ["BookingConfirmed", "BookingAttended", "BookingConfirmed"]
    assert booked.rows("SELECT state, topics, language FROM bookings ORDER BY starts_at") == [
        ("attended", ["digital_mailbox", "digital_signature"], "da"),
        ("booked", ["vat_reporting"], "en"),
    ]


def test_what_was_asked_for_since_waits_when_nobody_helps_with_it_beside_what_is_not_done_yet(booked):
    booked.has(a_coach(accreditations={"digital_signature": date(2014, 12, 31)}))
    booked.hear(an_assessment(sequence=4, topics=["vat_reporting"]))

    record(booked, Attendance(True, HALF, rebook=True))

    (waits,) = booked.told("CaseWaitlisted")
    assert (waits.topics, waits.reason) == (["digital_mailbox", "vat_reporting"], "another_session")
