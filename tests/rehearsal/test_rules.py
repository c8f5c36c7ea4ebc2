"""Each rule finds the breach that was planted for it, in the services' real tables, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from operations.rehearsal.rules import rule
from operations.rehearsal.rules.checks import Known, all_rules
from tests.rehearsal.planting import (
    DEFINITION,
    NOON,
    Planters,
    a_booking,
    a_case,
    a_coach,
    a_message,
    a_need,
    a_session,
    a_told_case,
    an_event,
    broken,
)


@pytest.fixture
def a_good_booking(services: Planters) -> Planters:
    plant_booking(services)
    return services


def plant_booking(services: Planters, **changed: Any) -> None:
    scheduling = services["scheduling"]
    scheduling.put("coaches", a_coach())
    scheduling.put("accreditations", {"coach_id": "coach-1", "topic": "digital_mailbox", "expires_on": NOON.date()})
    scheduling.put("sessions", a_session(**changed))
    scheduling.put("bookings", a_booking())
    scheduling.put("cases", a_need("case-of-booking-1"))


def test_a_platform_where_nothing_is_wrong_breaks_no_rule(a_good_booking: Planters) -> None:
    assert broken(a_good_booking) == []


def test_every_rule_can_be_asked_of_empty_databases(services: Planters) -> None:
    databases = rule.Databases({name: planter.url for name, planter in services.items()})
    try:
        assert [one.says for one in all_rules(DEFINITION, Known(0)) if one.breaches(databases)] == []
    finally:
        databases.close()


def test_a_seat_sold_twice_is_found(a_good_booking: Planters) -> None:
    a_good_booking["scheduling"].put("bookings", a_booking("booking-2"))
    a_good_booking["scheduling"].put("cases", a_need("case-of-booking-2"))

    found = broken(a_good_booking)

    assert "A seat is never sold twice (rule 2)." in found
    assert "A session never has more bookings than seats (rule 2)." in found
    assert "The seats counted as taken are those that have a booking (rule 2)." in found


def test_a_coach_in_two_places_is_found(a_good_booking: Planters) -> None:
    later = {"starts_at": NOON + timedelta(minutes=30), "ends_at": NOON + timedelta(minutes=75), "taken": 0}
    a_good_booking["scheduling"].put("sessions", a_session("session-2", **later))

    assert broken(a_good_booking) == ["A coach is never in two places at once (rule 2)."]


def test_a_room_used_twice_is_found(services: Planters) -> None:
    plant_booking(services, room_number=7)
    services["scheduling"].put("sessions", a_session("session-2", coach_id="coach-2", room_number=7, taken=0))

    assert broken(services) == ["A room is never used twice at once (rule 2)."]


def test_an_organisation_in_two_places_is_found(a_good_booking: Planters) -> None:
    scheduling = a_good_booking["scheduling"]
    scheduling.put("coaches", a_coach("coach-2"))
    accredited = {"coach_id": "coach-2", "topic": "digital_mailbox", "expires_on": NOON.date()}
    scheduling.put("accreditations", accredited)
    scheduling.put("sessions", a_session("session-2", coach_id="coach-2"))
    twice = {"session_id": "session-2", "organisation_id": "organisation-of-booking-1"}
    scheduling.put("bookings", a_booking("booking-2", **twice))
    scheduling.put("cases", a_need("case-of-booking-2"))

    assert broken(a_good_booking) == ["An organisation is never in two places at once (rule 2)."]


@pytest.mark.parametrize(
    ("table", "row", "says"),
    [
        ("bookings", {"topics": ["vat_reporting"]}, "accredited"),
        ("bookings", {"language": "sv"}, "speaks the language"),
        ("sessions", {"form": "visit"}, "forms of help"),
        ("sessions", {"form": "course", "level": "advanced"}, "its level only"),
        ("sessions", {"starts_at": NOON + timedelta(hours=1), "ends_at": NOON + timedelta(hours=2)}, "keeps the hours"),
    ],
)
def test_a_booking_that_does_not_fit_is_found(services: Planters, table: str, row: dict[str, Any], says: str) -> None:
    scheduling = services["scheduling"]
    scheduling.put("coaches", a_coach())
    scheduling.put("accreditations", {"coach_id": "coach-1", "topic": "digital_mailbox", "expires_on": NOON.date()})
    scheduling.put("sessions", a_session(**(row if table == "sessions" else {})))
    scheduling.put("bookings", a_booking(**(row if table == "bookings" else {})))
    scheduling.put("cases", a_need("case-of-booking-1"))

    (found,) = broken(services)

    assert says in found


def test_an_accreditation_that_ended_the_day_before_is_found(services: Planters) -> None:
    plant_booking(services, day=NOON.date() + timedelta(days=1))

    (found,) = broken(services)

    assert "accredited" in found


def test_an_organisation_with_two_cases_is_found(services: Planters) -> None:
    for number in (1, 2):
        services["registration"].put("cases", a_case(number))
        services["reporting"].put("cases", a_told_case(number))

    assert broken(services, organisations=2) == ["One live case for each organisation and programme (rule 1)."]


def test_states_that_do_not_sum_or_differ_are_found(services: Planters) -> None:
    services["registration"].put("cases", a_case(1))
    services["reporting"].put("cases", a_told_case(1, state="registered"))

    found = broken(services, organisations=2)

    assert found == [
        "The states of all cases sum to the organisations.",
        "Reporting has every case in the state that registration has it in.",
    ]


def test_a_case_booked_without_a_seat_is_found(services: Planters) -> None:
    services["registration"].put("cases", a_case(1, state="booked"))
    services["reporting"].put("cases", a_told_case(1, state="booked"))

    assert broken(services, organisations=1) == [
        "A case is booked where it has a seat and waiting where it stands in line."
    ]


def test_a_confirmation_nobody_was_told_of_is_found(services: Planters) -> None:
    services["scheduling"].put("outbox", an_event("scheduling.booking_confirmed.v1", sequence=1))

    assert broken(services) == ["Every confirmation, change and cancellation is told (rules 5 and 6)."]


def test_a_confirmation_told_late_is_found(services: Planters) -> None:
    services["scheduling"].put("outbox", an_event("scheduling.booking_confirmed.v1", sequence=1))
    late = a_message("m-1", purpose="booking_confirmed", settled_at=NOON + timedelta(hours=2))
    services["notifications"].put("messages", late)

    assert broken(services) == ["A confirmation, change or cancellation is told at once (rule 6)."]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"useless_after": NOON - timedelta(seconds=1)}, "past the time it is of use"),
        ({"settled_at": NOON + timedelta(hours=9)}, "quiet hours"),
        ({"settled_at": NOON + timedelta(hours=9), "purpose": "survey_invitation"}, "quiet hours"),
    ],
)
def test_a_message_at_the_wrong_time_is_found(services: Planters, changed: dict[str, Any], says: str) -> None:
    services["notifications"].put("messages", a_message("m-1", **changed))

    (found,) = broken(services)

    assert says in found


@pytest.mark.parametrize("changed", [{"channel": "letter"}, {"purpose": "booking_confirmed"}])
def test_a_letter_or_a_confirmation_in_the_quiet_hours_is_no_breach(
    services: Planters, changed: dict[str, Any]
) -> None:
    at_night = NOON + timedelta(hours=9)
    services["notifications"].put("messages", a_message("m-1", settled_at=at_night, created_at=at_night, **changed))

    assert broken(services) == []


def test_more_reminders_than_the_cap_are_found(services: Planters) -> None:
    for day in range(4):
        at = NOON + timedelta(days=2 * day)
        message = a_message(f"m-{day}", settled_at=at, created_at=at, useless_after=at + timedelta(days=1))
        services["notifications"].put("messages", message)

    (found,) = broken(services)

    assert "more often than the cap" in found


@pytest.mark.parametrize(("day", "breaches"), [(3, 1), (7, 0)])
def test_who_has_heard_enough_is_not_asked_how_it_went(services: Planters, day: int, breaches: int) -> None:
    for each, purpose in (
        (0, "session_reminder"),
        (1, "ladder:x"),
        (2, "session_reminder"),
        (day, "survey_invitation"),
    ):
        at = NOON + timedelta(days=each)
        facts = {"settled_at": at, "created_at": at, "useless_after": at + timedelta(days=1)}
        services["notifications"].put("messages", a_message(f"m-{each}", purpose=purpose, **facts))

    assert len(broken(services)) == breaches


def test_a_reminder_after_the_question_how_it_went_is_no_breach_within_one_moment(services: Planters) -> None:
    """The cap is reached by what came after the question, on the same day of a rehearsal."""
    for number, (day, purpose) in enumerate(
        ((0, "ladder:x"), (1, "session_reminder"), (2, "survey_invitation"), (2, "session_reminder"))
    ):
        at = NOON + timedelta(days=day)
        facts = {"settled_at": at, "created_at": at, "useless_after": at + timedelta(days=1)}
        services["notifications"].put("messages", a_message(f"m-{number}", purpose=purpose, **facts))

    assert broken(services) == []


def test_being_asked_how_it_went_takes_no_reminders_place(services: Planters) -> None:
    for each, purpose in enumerate(("survey_invitation", "ladder:x", "session_reminder", "session_reminder")):
        at = NOON + timedelta(days=each)
        facts = {"settled_at": at, "created_at": at, "useless_after": at + timedelta(days=1)}
        services["notifications"].put("messages", a_message(f"m-{each}", purpose=purpose, **facts))

    assert broken(services) == []


def test_a_reminder_a_week_after_three_is_no_breach(services: Planters) -> None:
    for day in (0, 1, 2, 7):
        at = NOON + timedelta(days=day)
        message = a_message(f"m-{day}", settled_at=at, created_at=at, useless_after=at + timedelta(days=1))
        services["notifications"].put("messages", message)

    assert broken(services) == []


def test_a_reminder_after_the_end_is_found(services: Planters) -> None:
    case = a_case(1, state="fulfilled")
    services["registration"].put("cases", case)
    services["reporting"].put("cases", a_told_case(1, state="fulfilled"))
    ended = {"happened_at": NOON - timedelta(days=1), "what": "fulfilled", "state": "fulfilled", "done_by": "programme"}
    services["registration"].put("case_history", {"case_id": case["case_id"], **ended})
    services["notifications"].put("messages", a_message("m-1", case_id=case["case_id"]))

    assert broken(services, organisations=1) == ["No reminder is sent to a case after its end (rule 6)."]


def test_somebody_without_addresses_who_got_no_letter_is_found(services: Planters) -> None:
    case = a_case(1, state="registered", registered_at=NOON)
    services["registration"].put("cases", case)
    services["reporting"].put("cases", a_told_case(1, state="registered"))
    contact = {"organisation_name": "Skoven", "language": "da", "channel": "letter", "link_hash": b"x", "sequence": 1}
    services["registration"].put("contacts", {"case_id": case["case_id"], **contact})

    assert broken(services, organisations=1) == ["An organisation without e-mail and phone gets letters (rule 7)."]


def test_a_letter_that_is_to_be_printed_counts_as_told(services: Planters) -> None:
    services["scheduling"].put("outbox", an_event("scheduling.booking_confirmed.v1", sequence=1))
    to_print = a_message("m-1", purpose="booking_confirmed", channel="letter", state="planned", settled_at=None)
    services["notifications"].put("messages", to_print)

    assert broken(services) == []


def test_a_letter_that_was_to_be_printed_last_week_does_not(services: Planters) -> None:
    services["scheduling"].put("outbox", an_event("scheduling.booking_confirmed.v1", sequence=1))
    to_print = a_message("m-1", purpose="booking_confirmed", channel="letter", state="planned", settled_at=None)
    services["notifications"].put("messages", to_print)
    services["notifications"].put("messages", a_message("m-2", case_id="case-2", created_at=NOON + timedelta(days=7)))

    assert broken(services) == ["Every confirmation, change and cancellation is told (rules 5 and 6)."]
