"""Whose duty is met gets no other seat: the case is about to be closed, and the seat would be taken away again at once."""

import pytest

from services.scheduling.domain.placement import Attendance, TopicOutcome
from services.scheduling.handlers.attendance import record_attendance
from services.scheduling.handlers.correcting import correct_attendance
from tests.scheduling.builders import TOPICS, a_coach, a_programme, a_venue, an_assessment
from web.access import Role

DUTY = TOPICS[:2]
ANY_HELP = {"any_help": True}
NO_OTHER = {
    "en": "there is no other session",
    "da": "der bliver ikke flere sessioner",
    "sv": "det blir inga fler tillfällen",
}


def booked(world, fulfilled_when):
    """One case that is to be helped with more than its duty, on the afternoon after its session."""
    world.hear(a_programme(sequence=2, fulfilled_when=fulfilled_when))
    world.has(a_venue(), a_coach())
    world.hear(an_assessment(topics=list(TOPICS)))
    world.later(days=1, hours=8)
    return world


def came(*achieved):
    return Attendance(True, tuple(TopicOutcome(topic, topic in achieved, 0, 1) for topic in TOPICS), rebook=True)


def record(world, said):
    """Record the seat that the case has; gives its id."""
    booking_id = world.placement().booking_id
    with world.work() as uow:
        record_attendance(booking_id, said, uow)
    return booking_id


@pytest.mark.parametrize(("fulfilled_when", "achieved"), [({"topics": list(DUTY)}, DUTY), (ANY_HELP, ())])
def test_whose_duty_is_met_gets_no_other_session(world, fulfilled_when, achieved):
    record(booked(world, fulfilled_when), came(*achieved))

    assert world.story() == ["BookingConfirmed", "BookingAttended"]
    assert world.placement().state == "attended"


@pytest.mark.parametrize(
    ("fulfilled_when", "achieved"), [({"topics": list(DUTY)}, DUTY[:1]), (None, DUTY)], ids=["unmet", "unknown"]
)
def test_whose_duty_is_not_known_to_be_met_gets_another_one(world, fulfilled_when, achieved):
    record(booked(world, fulfilled_when), came(*achieved))

    assert world.story() == ["BookingConfirmed", "BookingAttended", "BookingConfirmed"]


def test_what_was_achieved_in_the_sessions_before_counts(world):
    record(booked(world, {"topics": list(DUTY)}), came(DUTY[0]))
    world.later(days=7)
    record(world, came(DUTY[1]))

    assert world.story() == ["BookingConfirmed", "BookingAttended"] * 2


def test_a_correction_by_which_the_duty_is_met_gives_no_other_session(world):
    booking_id = record(booked(world, {"topics": list(DUTY)}), Attendance(attended=False))

    with world.work() as uow:
        correct_attendance(booking_id, came(*DUTY), uow, by="staff:lead", reason="Sat at the next desk.")

    assert world.story() == ["BookingConfirmed", "BookingMissed", "CaseWaitlisted", "BookingAttended"]
    assert world.placement().state == "attended"


@pytest.mark.parametrize("language", ["en", "da", "sv"])
@pytest.mark.parametrize(
    ("fulfilled_when", "says_so_and_asks"),
    [({"topics": list(DUTY)}, (True, True)), ({"topics": list(TOPICS)}, (False, True)), (ANY_HELP, (True, False))],
    ids=["more than the duty", "the duty", "any help"],
)
def test_the_coach_reads_when_there_is_no_other_session(world, signed_in, language, fulfilled_when, says_so_and_asks):
    booking_id = booked(world, fulfilled_when).placement().booking_id
    coach = signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")

    page = coach.get(f"/scheduling/bookings/{booking_id}?language={language}").text

    assert (NO_OTHER[language] in page, 'name="rebook"' in page) == says_so_and_asks
