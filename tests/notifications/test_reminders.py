"""Ladder and session reminders: when they are due, when they stop, quiet hours, cap, and steps of no more use."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from frist_contracts import MessageWithheld
from services.notifications.storage.messages import _DUE as DUE_QUERY
from tests.notifications.builders import (
    MONDAY,
    a_booking,
    a_cancellation,
    a_case_opened,
    a_closing,
    a_contact,
    a_move,
    a_programme_applied,
    a_progress,
    a_session,
    a_step,
    a_survey,
)

AUGUST = datetime(2013, 8, 15, 8, 0, tzinfo=UTC)
DUE = datetime(2013, 9, 2, 6, 0, tzinfo=UTC)
"""60 days before the deadline, 8 o'clock in Copenhagen."""


@pytest.fixture
def waiting_for_the_ladder(platform):
    """One case that has been in the register since August."""
    return platform.at(AUGUST).tell(a_programme_applied(), a_case_opened(at=AUGUST), a_contact(at=AUGUST))


def test_a_step_is_planned_when_it_is_due_and_not_before(waiting_for_the_ladder):
    assert waiting_for_the_ladder.at(DUE - timedelta(minutes=1)).plan().messages() == []

    (row,) = waiting_for_the_ladder.at(DUE).plan().plan().messages()

    assert (row.purpose, row.text, row.send_after) == ("ladder:mail-1", "ladder_first", DUE)


def test_a_step_reaches_who_joins_while_it_is_of_use(waiting_for_the_ladder):
    joined = DUE + timedelta(days=2)
    waiting_for_the_ladder.at(DUE).plan().at(joined).tell(
        a_case_opened("case-2", at=joined), a_contact("case-2", at=joined)
    )

    assert len(waiting_for_the_ladder.plan().messages()) == 1
    assert len(waiting_for_the_ladder.at(joined + timedelta(days=1)).plan().messages()) == 2


def test_many_cases_are_planned_in_batches(waiting_for_the_ladder):
    for number in range(1200):
        waiting_for_the_ladder.tell(a_case_opened(f"case-{number + 10:05d}", at=AUGUST))

    waiting_for_the_ladder.at(DUE).plan()

    assert len(waiting_for_the_ladder.messages(purpose="ladder:mail-1")) == 1201


def test_a_long_queue_is_read_from_its_front(waiting_for_the_ladder):
    for number in range(600):
        waiting_for_the_ladder.tell(a_case_opened(f"case-{number + 10:05d}", at=AUGUST))
    waiting_for_the_ladder.at(DUE).plan()

    with waiting_for_the_ladder.database.begin() as uow:
        uow.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        query = text("EXPLAIN " + DUE_QUERY.text)
        steps = "\n".join(uow.connection.execute(query, {"lane": "bulk", "now": DUE, "limit": 200}).scalars())

    assert "messages_due" in steps
    assert "Sort" not in steps


@pytest.mark.parametrize("state", ["fulfilled", "exempt", "withdrawn", "unreachable"])
def test_the_ladder_stops_the_moment_a_case_ends(waiting_for_the_ladder, catcher, state):
    waiting_for_the_ladder.at(DUE).plan().tell(a_closing(state))

    (row,) = waiting_for_the_ladder.messages()
    assert (row.state, row.reason) == ("withheld", "case_closed")
    assert waiting_for_the_ladder.send(catcher.outlets).messages(state="sent") == []
    assert [told["reason"] for told in waiting_for_the_ladder.told(MessageWithheld)] == ["case_closed"]


def test_a_step_for_other_states_stops_when_the_case_moves_on(waiting_for_the_ladder):
    waiting_for_the_ladder.at(DUE).plan().tell(a_progress("waiting"))

    (row,) = waiting_for_the_ladder.messages()
    assert (row.state, row.reason) == ("withheld", "state_changed")


def test_an_ended_case_is_not_planned_for(waiting_for_the_ladder):
    waiting_for_the_ladder.tell(a_closing("exempt")).at(DUE).plan()

    assert waiting_for_the_ladder.messages() == []


def test_a_step_is_not_sent_when_it_is_of_no_more_use(waiting_for_the_ladder, catcher):
    waiting_for_the_ladder.at(DUE).plan().at(DUE + timedelta(days=14)).send(catcher.outlets)

    (row,) = waiting_for_the_ladder.messages()
    assert (row.state, row.reason, catcher.caught) == ("withheld", "useless_after", [])


def test_a_postponed_deadline_is_told_anew_and_drops_what_was_planned_for_the_old_one(waiting_for_the_ladder, catcher):
    waiting_for_the_ladder.at(DUE).plan().tell(a_programme_applied(2, deadline="2013-12-01")).send(catcher.outlets)
    waiting_for_the_ladder.at(DUE + timedelta(days=31)).plan().send(catcher.outlets)

    old, new = waiting_for_the_ladder.messages()
    assert (old.state, old.reason) == ("withheld", "superseded")
    assert new.state == "sent"


def test_other_quiet_hours_cost_nobody_a_step(waiting_for_the_ladder, catcher):
    later = a_programme_applied(2, quiet_hours={"from": "20:00", "to": "09:00"})
    waiting_for_the_ladder.at(DUE).plan().tell(later).at(DUE + timedelta(hours=2)).plan().send(catcher.outlets)

    (row,) = waiting_for_the_ladder.messages()
    assert (row.state, row.reason) == ("sent", None)


def test_quiet_hours_hold_a_step_back_until_morning(waiting_for_the_ladder, catcher):
    evening = DUE + timedelta(hours=13)
    waiting_for_the_ladder.at(evening).plan().send(catcher.outlets)
    assert catcher.caught == []

    waiting_for_the_ladder.at(DUE + timedelta(days=1)).send(catcher.outlets)

    assert len(catcher.caught) == 1


def test_quiet_hours_are_local_across_the_change_of_clocks(waiting_for_the_ladder, catcher):
    saturday_night = datetime(2013, 10, 26, 20, 0, tzinfo=UTC)
    waiting_for_the_ladder.tell(a_programme_applied(2, ladder=[a_step(days_before=7, useless_after_days=7)]))
    waiting_for_the_ladder.at(saturday_night).plan().send(catcher.outlets)

    (row,) = waiting_for_the_ladder.messages()

    assert row.send_after == datetime(2013, 10, 27, 7, 0, tzinfo=UTC)
    waiting_for_the_ladder.at(datetime(2013, 10, 27, 6, 59, tzinfo=UTC)).send(catcher.outlets)
    assert catcher.caught == []
    waiting_for_the_ladder.at(datetime(2013, 10, 27, 7, 0, tzinfo=UTC)).send(catcher.outlets)
    assert len(catcher.caught) == 1


def test_nobody_hears_more_often_than_the_cap(waiting_for_the_ladder, catcher):
    steps = [a_step(step=f"mail-{number}", days_before=60 - number, useless_after_days=3) for number in range(5)]
    waiting_for_the_ladder.tell(a_programme_applied(2, ladder=steps))

    for day in range(12):
        waiting_for_the_ladder.at(DUE + timedelta(days=day)).plan().send(catcher.outlets)

    assert len(catcher.caught) == 3
    assert {row.reason for row in waiting_for_the_ladder.messages(state="withheld")} == {"cap"}


def test_the_cap_lets_a_step_through_that_can_wait(waiting_for_the_ladder, catcher):
    steps = [a_step(step=f"mail-{number}", days_before=60 - number, useless_after_days=10) for number in range(4)]
    waiting_for_the_ladder.tell(a_programme_applied(2, ladder=steps))

    for day in range(12):
        waiting_for_the_ladder.at(DUE + timedelta(days=day)).plan().send(catcher.outlets)

    sent = sorted(row.settled_at for row in waiting_for_the_ladder.messages(state="sent"))
    assert len(sent) == 4
    assert sent[3] - sent[0] >= timedelta(days=7)


def test_the_cap_holds_within_one_batch(waiting_for_the_ladder, catcher):
    steps = [a_step(step=f"mail-{number}") for number in range(5)]
    waiting_for_the_ladder.tell(a_programme_applied(2, ladder=steps)).at(DUE).plan().send(catcher.outlets)

    assert len(catcher.caught) == 3


def test_a_survey_waits_until_the_cap_lets_a_reminder_through(waiting_for_the_ladder, catcher):
    steps = [a_step(step=f"mail-{number}") for number in range(3)]
    waiting_for_the_ladder.tell(a_programme_applied(2, ladder=steps)).at(DUE).plan().send(catcher.outlets)

    waiting_for_the_ladder.tell(a_survey(at=DUE)).send(catcher.outlets)
    (row,) = waiting_for_the_ladder.messages(purpose="survey_invitation")
    assert (row.state, row.send_after) == ("planned", DUE + timedelta(days=7))

    waiting_for_the_ladder.at(DUE + timedelta(days=7)).send(catcher.outlets)
    assert catcher.caught[-1]["purpose"] == "survey_invitation"


def test_a_survey_takes_no_reminders_place(waiting_for_the_ladder, catcher):
    steps = [a_step(step=f"mail-{number}") for number in range(3)]
    waiting_for_the_ladder.tell(a_survey(at=DUE), a_programme_applied(2, ladder=steps)).at(DUE).send(catcher.outlets)

    waiting_for_the_ladder.plan().send(catcher.outlets)

    assert [caught["purpose"].partition(":")[0] for caught in catcher.caught] == ["survey_invitation", *["ladder"] * 3]


def booked(platform, at=MONDAY, **session):
    return platform.at(at).tell(
        a_programme_applied(ladder=[]),
        a_case_opened(at=at),
        a_contact(at=at, phone="+4520301020"),
        a_booking(at=at, **session),
    )


def reminders(platform):
    return platform.messages(purpose="session_reminder")


def test_a_session_is_reminded_of_at_the_programmes_times(platform, catcher):
    booked(platform).send(catcher.outlets)
    starts_at = MONDAY + timedelta(days=10)

    for hours in range(12 * 24):
        platform.at(MONDAY + timedelta(hours=hours)).plan().send(catcher.outlets)

    assert [starts_at - row.settled_at for row in reminders(platform)] == [timedelta(hours=72), timedelta(hours=24)]
    assert [row.channel for row in reminders(platform)] == ["email", "email"]


def test_a_moved_session_is_reminded_of_at_its_new_time_only(platform, catcher):
    booked(platform).tell(a_move())

    for day in range(16):
        platform.at(MONDAY + timedelta(days=day)).plan().send(catcher.outlets)

    sent = [row.settled_at for row in reminders(platform) if row.state == "sent"]
    assert sent == [MONDAY + timedelta(days=11), MONDAY + timedelta(days=13)]


def test_a_reminder_is_dropped_when_the_booking_is_cancelled(platform, catcher):
    booked(platform).at(MONDAY + timedelta(days=7)).plan()

    platform.tell(a_cancellation()).send(catcher.outlets)

    assert [(row.state, row.reason) for row in reminders(platform)] == [("withheld", "superseded")]
    assert platform.at(MONDAY + timedelta(days=9)).plan().messages(purpose="session_reminder", state="planned") == []


def test_who_has_just_booked_is_not_reminded(platform):
    soon = a_session(MONDAY + timedelta(hours=26))
    booked(platform, session=soon).at(MONDAY + timedelta(hours=3)).plan()

    assert reminders(platform) == []


def test_a_fulfilled_case_is_not_reminded(platform, catcher):
    booked(platform).at(MONDAY + timedelta(days=7)).plan().tell(a_closing()).send(catcher.outlets)

    assert [(row.state, row.reason) for row in reminders(platform)] == [("withheld", "case_closed")]


def test_a_reminder_that_would_come_too_late_by_letter_is_not_printed(platform, catcher):
    booked(platform).tell(a_contact(sequence=5, email=None)).at(MONDAY + timedelta(days=9)).plan().send(catcher.outlets)

    assert "too_late_for_letter" in {row.reason for row in reminders(platform)}
