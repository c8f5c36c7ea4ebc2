"""A wrong record is put right by the municipality's lead, with a reason; nothing that was told is taken back."""

import pytest

from services.scheduling.domain.placement import Attendance, TopicOutcome
from services.scheduling.domain.refusals import CannotBeTakenBack, NotRecorded
from services.scheduling.handlers.attendance import record_attendance
from services.scheduling.handlers.correcting import correct_attendance
from tests.scheduling.builders import a_block, a_closure, a_coach, a_contact, a_venue, an_assessment, an_erasure
from web.access import Role

DONE = (TopicOutcome("digital_mailbox", True, 1, 3), TopicOutcome("digital_signature", True, 0, 2))
HALF = (TopicOutcome("digital_mailbox", False, 1, 1), TopicOutcome("digital_signature", True, 0, 2))
SAME_ORIGIN = {"X-Requested-With": "frist"}
CAME = {
    "attended": "yes",
    "achieved-digital_signature": "yes", "before-digital_signature": "0", "after-digital_signature": "2",
    "achieved-digital_mailbox": "yes", "before-digital_mailbox": "1", "after-digital_mailbox": "3",
}  # fmt: skip


@pytest.fixture
def booked(world):
    """One case with a seat on Tuesday at ten, and it is Tuesday afternoon."""
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment())
    world.later(days=1, hours=8)
    world.booking_id = world.placement().booking_id
    return world


@pytest.fixture
def missed(booked):
    """It was recorded that they did not come, and they stand in line again."""
    record(booked, Attendance(attended=False))
    return booked


@pytest.fixture
def lead(signed_in):
    """The lead of the session's municipality."""
    return signed_in(Role.LEAD, municipality="dk-0101")


def record(world, said):
    with world.work() as uow:
        record_attendance(world.booking_id, said, uow)


def correct(world, said, booking_id=None):
    with world.work() as uow:
        correct_attendance(booking_id or world.booking_id, said, uow, by="staff:lead", reason="Sat at the next desk.")


def test_who_came_after_all_is_helped_and_the_session_counts(missed):
    correct(missed, Attendance(True, DONE))

    attended, held = missed.told("BookingAttended", "SessionHeld")
    assert missed.story() == ["BookingConfirmed", "BookingMissed", "CaseWaitlisted", "BookingAttended"]
    assert (attended.sequence, [outcome.achieved for outcome in attended.outcomes]) == (4, [True, True])
    assert (held.attended, held.sequence) == (1, 1)
    assert (missed.placement().state, missed.placement().missed) == ("attended", 0)
    assert missed.scalar("SELECT state FROM sessions WHERE taken > 0 ORDER BY starts_at LIMIT 1") == "held"


def test_correcting_twice_changes_nothing(missed):
    correct(missed, Attendance(True, DONE))
    before = missed.story()

    correct(missed, Attendance(True, DONE))

    assert missed.story() == before
    assert missed.scalar("SELECT count(*) FROM corrections") == 1


def test_the_log_keeps_what_was_recorded_by_whom_it_was_corrected_and_why(missed):
    correct(missed, Attendance(True, DONE))

    with missed.work() as uow:
        (kept,) = uow.corrections.of_booking(missed.booking_id)
    assert (kept.corrected_by, kept.reason, kept.was["attended"]) == ("staff:lead", "Sat at the next desk.", False)


def test_an_erasure_takes_the_reason(missed):
    correct(missed, Attendance(True, DONE))

    missed.hear(an_erasure())

    assert missed.rows("SELECT reason FROM corrections") == [(None,)]


def test_the_seat_that_was_given_for_not_having_come_is_given_back(missed):
    missed.tick()

    correct(missed, Attendance(True, DONE))

    assert missed.story()[-3:] == ["BookingConfirmed", "BookingCancelled", "BookingAttended"]
    (cancelled,) = missed.told("BookingCancelled")
    assert (cancelled.cancelled_by, cancelled.reason) == ("staff", "came_after_all")
    assert missed.scalar("SELECT sum(taken) FROM sessions") == 1


def test_who_needs_another_session_keeps_the_seat_and_is_told_of_it_last(missed):
    missed.tick()
    ahead = missed.placement().booking_id

    correct(missed, Attendance(True, HALF, rebook=True))

    (attended,), told = missed.told("BookingAttended"), missed.told("BookingConfirmed")[-1]
    assert missed.story()[-2:] == ["BookingAttended", "BookingConfirmed"]
    assert (told.booking_id, told.revision, told.sequence) == (ahead, 0, attended.sequence + 1)
    assert (missed.placement().state, missed.placement().booking_id) == ("booked", ahead)
    assert missed.rows("SELECT topics FROM bookings WHERE state = 'booked'") == [(["digital_mailbox"],)]


def test_who_needs_another_session_keeps_the_place_in_line(missed):
    since = missed.placement().wished_at
    missed.later(hours=1)

    correct(missed, Attendance(True, HALF, rebook=True))

    assert missed.story()[-2:] == ["BookingAttended", "CaseWaitlisted"]
    assert (missed.placement().state, missed.placement().wished_at) == ("waiting", since)


def test_more_can_be_achieved_than_was_recorded_and_the_place_stays(booked):
    record(booked, Attendance(True, HALF, rebook=True))
    seat = booked.placement().booking_id

    correct(booked, Attendance(True, DONE[:1]))

    outcomes = booked.told("BookingAttended")[-1].outcomes
    assert [(outcome.topic, outcome.achieved, outcome.level_after) for outcome in outcomes] == [
        ("digital_mailbox", True, 3),
        ("digital_signature", True, 2),
    ]
    assert booked.placement().booking_id == seat
    assert len(booked.told("SessionHeld")) == 1


def test_a_seat_whose_session_began_stays_what_it_was_for(booked):
    record(booked, Attendance(True, HALF, rebook=True))
    booked.later(days=7)
    booked.hear(an_assessment(sequence=4, topics=["vat_reporting"]))

    correct(booked, Attendance(True, DONE[:1]))

    assert booked.rows("SELECT topics FROM bookings WHERE state = 'booked'") == [(["digital_mailbox"],)]


def test_who_came_after_all_keeps_the_seat_for_what_was_asked_for_since(missed):
    missed.hear(an_assessment(sequence=4, topics=["vat_reporting"]))

    correct(missed, Attendance(True, DONE))

    assert missed.placement().state == "booked"
    assert missed.rows("SELECT topics FROM bookings WHERE state = 'booked'") == [(["vat_reporting"],)]


def test_that_somebody_came_is_not_taken_back(booked):
    record(booked, Attendance(True, DONE))

    with pytest.raises(CannotBeTakenBack):
        correct(booked, Attendance(attended=False))
    with pytest.raises(CannotBeTakenBack):
        correct(booked, Attendance(True, HALF))

    assert booked.story() == ["BookingConfirmed", "BookingAttended"]


def test_what_is_not_recorded_is_not_corrected(booked):
    with pytest.raises(NotRecorded):
        correct(booked, Attendance(True, DONE))


def test_a_closed_case_is_corrected_too(missed):
    missed.hear(a_closure())

    correct(missed, Attendance(True, HALF, rebook=True))

    assert missed.placement().state == "attended"


def test_a_later_absence_still_counts(missed):
    first = missed.booking_id
    missed.tick()
    missed.later(days=8)
    missed.booking_id = missed.placement().booking_id
    record(missed, Attendance(attended=False))

    correct(missed, Attendance(True, HALF, rebook=True), first)

    assert missed.placement().missed == 1


def test_a_course_is_counted_again_with_one_more(world):
    world.has(a_venue(), a_coach(forms=("desk",), blocks=(a_block(),)))
    world.hear(an_assessment("case-1"), an_assessment("case-2"))
    session_id = world.scalar("SELECT session_id FROM bookings WHERE case_id = 'case-1'")
    with world.work() as uow:
        uow.connection.exec_driver_sql("UPDATE sessions SET seats = 2, taken = 2 WHERE session_id = %s", (session_id,))
        uow.connection.exec_driver_sql(
            "UPDATE bookings SET session_id = %s, seat_number = 2, starts_at = s.starts_at, ends_at = s.ends_at"
            " FROM sessions s WHERE s.session_id = %s AND case_id = 'case-2'",
            (session_id, session_id),
        )
    world.later(days=1, hours=8)
    for case_id, came in (("case-1", True), ("case-2", False)):
        world.booking_id = world.placement(case_id).booking_id
        record(world, Attendance(came, DONE if came else ()))

    correct(world, Attendance(True, DONE))

    assert [(held.sequence, held.attended) for held in world.told("SessionHeld")] == [(1, 1), (2, 2)]


def test_a_lead_and_an_operator_correct_over_http_with_a_reason(operator, lead, missed):
    address = f"/scheduling/api/bookings/{missed.booking_id}/attendance"
    said = {"attended": True, "outcomes": [vars(outcome) for outcome in HALF]}

    without = lead.put(address, json=said, headers=SAME_ORIGIN)
    corrected = lead.put(address, json={**said, "reason": "Late"}, headers=SAME_ORIGIN)
    more = operator.put(address, json={"attended": True, "outcomes": [vars(DONE[0])], "reason": "Late"})
    back = operator.put(address, json={"attended": False, "reason": "No"})

    assert (without.status_code, corrected.get_json()["state"], more.status_code) == (422, "attended", 200)
    assert (back.status_code, back.get_json()["type"]) == (409, "/problems/cannot_be_taken_back")
    by = missed.rows("SELECT corrected_by FROM corrections ORDER BY correction_id")
    assert [row.corrected_by.partition(":")[0] for row in by] == ["staff", "key"]


def test_others_correct_nothing(signed_in, missed):
    address = f"/scheduling/api/bookings/{missed.booking_id}/attendance"
    said = {"attended": True, "outcomes": [], "reason": "x"}
    others = (
        signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101"),
        signed_in(Role.LEAD, municipality="dk-0751"),
    )

    refused = [client.put(address, json=said, headers=SAME_ORIGIN).status_code for client in others]
    page = others[0].get(f"/scheduling/bookings/{missed.booking_id}").text

    assert refused == [403, 403]
    assert "/correction" not in page
    assert missed.scalar("SELECT state FROM bookings WHERE recorded IS NOT NULL") == "no_show"


def test_a_lead_corrects_on_the_attendance_page(lead, missed):
    missed.tick()
    address = f"/scheduling/bookings/{missed.booking_id}"

    day = lead.get("/scheduling/day?coach_id=coach-1&date=2013-09-03")
    page = lead.get(f"{address}?language=en")
    refused = lead.post(f"{address}/correction", data=CAME)
    done = lead.post(
        f"{address}/correction", data={**CAME, "reason": "Recorded at the wrong row"}, follow_redirects=True
    )

    assert f'href="{address}"' in day.text
    assert "The seat is cancelled unless you say" in page.text
    assert (refused.status_code, 'href="#reason"' in refused.text) == (422, True)
    assert (done.status_code, "Recorded at the wrong row" in done.text) == (200, True)
    assert missed.placement().state == "attended"
    assert missed.scalar("SELECT count(*) FROM access_log WHERE subject = 'case:case-1' AND action = 'change'") == 1
