"""Rule 9: who did what is kept, and nothing is left of who was erased. Each breach is planted, and found by its rule alone."""

from datetime import timedelta
from typing import Any

import pytest

from tests.rehearsal.planting import (
    NOON,
    PROGRAMME,
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

CASE_ID = a_case(1)["case_id"]
CHANGED = "Whoever changed a case is in the log of accesses, with when and on whose behalf (rule 9)."
RECORDED = "Whoever recorded who came is in the log of accesses, and so is that they looked at who comes (rule 9)."
SEAT = "Whoever moved or cancelled a seat is in the log of accesses, with when (rule 9)."
ERASED = "Who was erased is erased in every service, and counted as before (rule 9)."
LEFT = "Nothing personal is left of who was erased, in any table (rule 9)."


def an_access(subject: str, **changed: Any) -> dict[str, Any]:
    """A program's change at noon."""
    return {
        "at": NOON,
        "actor_kind": "key",
        "actor_id": "operator",
        "action": "change",
        "subject": subject,
        "on_behalf_of": None,
    } | changed


def plant_case(services: Planters, done_by: str, what: str = "registered") -> None:
    services["registration"].put("cases", a_case(1, state="registered"))
    services["reporting"].put("cases", a_told_case(1, state="registered"))
    entry = {"case_id": CASE_ID, "happened_at": NOON, "what": what, "state": "registered", "done_by": done_by}
    services["registration"].put("case_history", entry)


OWN = an_access(f"case:{CASE_ID}", actor_kind="anyone", actor_id=None)
ON_BEHALF = an_access(f"case:{CASE_ID}", on_behalf_of=f"case:{CASE_ID}")


@pytest.mark.parametrize(("done_by", "access"), [("organisation", OWN), ("key:operator", ON_BEHALF)])
def test_a_change_that_is_in_the_log_is_no_breach(services: Planters, done_by: str, access: dict[str, Any]) -> None:
    plant_case(services, done_by)
    services["registration"].put("access_log", access)

    assert broken(services, organisations=1) == []


@pytest.mark.parametrize(
    ("done_by", "access"),
    [
        ("organisation", an_access("case:another")),
        ("organisation", OWN | {"at": NOON + timedelta(days=1)}),
        ("organisation", OWN | {"action": "read"}),
        ("key:operator", OWN),
        ("key:operator", ON_BEHALF | {"actor_id": "another"}),
        ("key:operator", ON_BEHALF | {"on_behalf_of": None}),
    ],
)
def test_a_change_that_nobody_is_told_to_have_made_is_found(
    services: Planters, done_by: str, access: dict[str, Any]
) -> None:
    plant_case(services, done_by)
    services["registration"].put("access_log", access)

    assert broken(services, organisations=1) == [CHANGED]


def test_a_register_that_nobody_is_told_to_have_sent_is_found(services: Planters) -> None:
    run = {"run_id": CASE_ID, "programme_id": PROGRAMME, "state": "done", "started_by": "key:operator"}
    services["registration"].put("import_runs", run)

    assert broken(services) == ["Whoever sent a register is in the log of accesses (rule 9)."]


@pytest.mark.parametrize(("by", "kind"), [("organisation", "organisation"), ("staff", "staff")])
def test_a_seat_that_nobody_is_told_to_have_cancelled_is_found(services: Planters, by: str, kind: str) -> None:
    envelope = f'{{"sequence": 1, "time": "{NOON.isoformat()}", "data": {{"cancelled_by": "{by}"}}}}'
    services["scheduling"].put("outbox", an_event("scheduling.booking_cancelled.v1", 1) | {"envelope": envelope})
    services["notifications"].put("messages", a_message("m-1", purpose="booking_cancelled"))

    assert broken(services) == [SEAT]

    services["scheduling"].put("access_log", an_access("case:case-1", actor_kind=kind, role="lead"))
    assert broken(services) == []


def test_attendance_recorded_by_nobody_or_unseen_is_found(services: Planters) -> None:
    scheduling = services["scheduling"]
    scheduling.put("coaches", a_coach())
    scheduling.put("accreditations", {"coach_id": "coach-1", "topic": "digital_mailbox", "expires_on": NOON.date()})
    scheduling.put("sessions", a_session())
    scheduling.put("bookings", a_booking(state="attended", recorded_at=NOON))
    scheduling.put("cases", a_need("case-of-booking-1"))
    assert broken(services) == [RECORDED]

    scheduling.put("access_log", an_access("case:case-of-booking-1"))
    assert broken(services) == [RECORDED]

    scheduling.put("access_log", an_access(f"day:{NOON.date()}", action="export"))
    assert broken(services) == [RECORDED]

    scheduling.put("access_log", an_access("case:case-of-booking-1"))
    assert broken(services) == []


def test_a_returned_letter_that_nobody_is_told_to_have_brought_is_found(services: Planters) -> None:
    services["notifications"].put("messages", a_message("m-1", channel="letter", state="failed", reason="returned"))

    assert broken(services) == ["Whoever said that a letter came back is in the log of accesses (rule 9)."]


def test_a_survey_that_nobody_is_told_to_have_answered_is_found(services: Planters) -> None:
    survey = {"survey_id": "s-1", "programme_id": PROGRAMME, "municipality": "dk-0101", "booking_id": "booking-1"}
    answered = {"case_id": "case-1", "token_hash": b"x", "answered_at": NOON}
    services["reporting"].put("surveys", survey | answered)

    assert broken(services) == ["Whoever answered a survey is in the log of accesses, with when (rule 9)."]


@pytest.mark.parametrize(
    "line",
    [
        an_access("case:1", actor_id=None),
        an_access("case:1", actor_kind="staff"),
        an_access("case:anna@example.dk"),
        an_access("case:1", on_behalf_of="Anna Holm"),
    ],
)
def test_a_line_of_the_log_without_a_name_or_with_one_too_many_is_found(
    services: Planters, line: dict[str, Any]
) -> None:
    services["notifications"].put("access_log", line)

    (found,) = broken(services)

    assert "of notifications says who it was" in found


def plant_erased(services: Planters) -> None:
    services["registration"].put("cases", a_case(1, organisation_id=None, state="withdrawn", erased=True))
    services["reporting"].put("cases", a_told_case(1, state="withdrawn", erased=True))
    for planter in services.values():
        planter.put("erasures", {"subject": CASE_ID})


def test_who_was_erased_everywhere_breaks_no_rule(services: Planters) -> None:
    plant_erased(services)

    assert broken(services, organisations=1, traces_of_erased=["99000000", "anna@skoven.example"]) == []


@pytest.mark.parametrize("service", ["scheduling", "notifications"])
def test_who_was_not_erased_somewhere_is_found(services: Planters, service: str) -> None:
    plant_erased(services)
    services[service].clear()

    assert broken(services, organisations=1) == [ERASED]


@pytest.mark.parametrize(
    ("service", "table", "row"),
    [
        ("scheduling", "contacts", {"case_id": "case-1", "sequence": 1, "municipality": "dk-0101", "phone": "99000000"}),
        ("registration", "outbox", an_event("registration.case_opened.v1", 1) | {"envelope": '{"to":"anna@skoven.example"}'}),
        ("notifications", "parked", {"lane": "bulk", "body": b'{"to":"anna@skoven.example"}', "reason": "", "detail": "", "attempts": 1, "state": "discarded"}),
        ("notifications", "messages", a_message("m-1", parameters={"name": "Foreningen Skoven"})),
    ],
)  # fmt: skip
def test_what_is_left_of_the_erased_is_found_wherever_it_is(
    services: Planters, service: str, table: str, row: dict[str, Any]
) -> None:
    plant_erased(services)
    services[service].put(table, row)

    traces = ["99000000", "anna@skoven.example", "Foreningen Skoven"]
    assert broken(services, organisations=1, traces_of_erased=traces) == [LEFT]


def test_the_same_digits_inside_a_longer_number_are_no_trace(services: Planters) -> None:
    plant_erased(services)
    services["notifications"].put("messages", a_message("m-1", parameters={"number": "1990000001"}))

    assert broken(services, organisations=1, traces_of_erased=["99000000"]) == []
