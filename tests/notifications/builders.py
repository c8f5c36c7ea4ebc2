"""Events and programmes for tests: valid by default."""

from datetime import UTC, datetime, timedelta
from typing import Any

from frist_contracts import (
    BookingAttended,
    BookingCancelled,
    BookingConfirmed,
    BookingMissed,
    BookingMoved,
    CaseClosed,
    CaseErased,
    CaseLinkRequested,
    CaseOpened,
    CaseProgressed,
    CaseRegistered,
    CaseUnplaced,
    CaseWaitlisted,
    ContactChanged,
    Outcome,
    ProgrammeApplied,
    SessionFacts,
    StaffSignInRequested,
    SurveyInvited,
)

PROGRAMME = "dk-digital-post-2013"
MONDAY = datetime(2013, 9, 2, 10, 0, tzinfo=UTC)
"""A Monday in the programme, noon in Copenhagen."""

_NAMES = {"da": "Digital Post", "sv": "Digital post", "en": "Digital Post"}


def a_definition(**changes: Any) -> dict[str, Any]:
    """A small programme's definition, as JSON."""
    return {
        "programme_id": PROGRAMME,
        "country": "dk",
        "names": _NAMES,
        "time_zone": "Europe/Copenhagen",
        "starts_on": "2013-08-15",
        "ends_on": "2014-04-01",
        "deadline": "2013-11-01",
        "topics": [
            {
                "topic": "digital_mailbox",
                "names": {"da": "Digital postkasse", "sv": "Digital brevlåda", "en": "Digital mailbox"},
            }
        ],
        "reminders": {
            "session": [{"before_hours": 72, "channels": ["email"]}, {"before_hours": 24, "channels": ["sms", "email"]}]
        },
        "ladder": [a_step()],
        "quiet_hours": {"from": "20:00", "to": "08:00"},
        "cap": {"messages": 3, "days": 7},
        "texts": {},
        **changes,
    }


def a_step(**changes: Any) -> dict[str, Any]:
    """A ladder's step that is due on 2 September 2013 at 8 in Copenhagen."""
    step = {
        "step": "mail-1",
        "days_before": 60,
        "states": ["obliged", "registered"],
        "channels": ["email"],
        "useless_after_days": 14,
        "text": "ladder_first",
    }
    return {**step, **changes}


def a_programme_applied(sequence: int = 1, **changes: Any) -> ProgrammeApplied:
    return ProgrammeApplied(
        municipality="national", sequence=sequence, programme_id=PROGRAMME, definition=a_definition(**changes)
    )


def _common(case_id: str, sequence: int, at: datetime) -> dict[str, Any]:
    return {
        "municipality": "dk-0265",
        "sequence": sequence,
        "occurred_at": at,
        "case_id": case_id,
        "programme_id": PROGRAMME,
    }


def a_case_opened(case_id: str = "case-1", sequence: int = 1, at: datetime = MONDAY, **changes: Any) -> CaseOpened:
    facts = {"state": "obliged", "organisation_id": "dk-cvr-99000001", "kind": "company"}
    return CaseOpened(**{**_common(case_id, sequence, at), **facts, **changes})


def a_contact(case_id: str = "case-1", sequence: int = 2, at: datetime = MONDAY, **changes: Any) -> ContactChanged:
    facts = {
        "state": "obliged",
        "organisation_name": "Bøgely Smedje ApS",
        "contact_name": "Åse Bøgely",
        "address": "Søndergade 3",
        "postcode": "4000",
        "city": "Roskilde",
        "email": f"{case_id}@example.dk",
        "phone": None,
        "language": "da",
        "channel": "email",
    }
    return ContactChanged(**{**_common(case_id, sequence, at), **facts, **changes})


def a_registration(case_id: str = "case-1", sequence: int = 3, at: datetime = MONDAY, **changes: Any) -> CaseRegistered:
    facts = {
        "state": "registered",
        "organisation_id": "dk-cvr-99000001",
        "kind": "company",
        "help_forms": ["desk"],
        "registered_by": "organisation",
    }
    return CaseRegistered(**{**_common(case_id, sequence, at), **facts, **changes})


def a_link_request(
    case_id: str = "case-1", sequence: int = 4, at: datetime = MONDAY, state: str = "registered"
) -> CaseLinkRequested:
    return CaseLinkRequested(**_common(case_id, sequence, at), state=state)


def a_progress(
    state: str, case_id: str = "case-1", sequence: int = 5, at: datetime = MONDAY, **changes: Any
) -> CaseProgressed:
    return CaseProgressed(**{**_common(case_id, sequence, at), "state": state, **changes})


def a_closing(
    state: str = "fulfilled", case_id: str = "case-1", sequence: int = 9, at: datetime = MONDAY
) -> CaseClosed:
    return CaseClosed(**_common(case_id, sequence, at), state=state)


def an_erasure(case_id: str = "case-1", sequence: int = 20, at: datetime = MONDAY) -> CaseErased:
    return CaseErased(**_common(case_id, sequence, at), state="withdrawn")


def a_session(starts_at: datetime = MONDAY + timedelta(days=10), **changes: Any) -> SessionFacts:
    facts = {
        "session_id": "session-1",
        "form": "desk",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=45),
        "venue_name": "Roskilde Bibliotek",
        "venue_address": "Dronning Margrethes Vej 14, 4000 Roskilde",
        "coach_name": "Mette Sørensen",
        "language": "da",
        "topics": ["digital_mailbox"],
    }
    return SessionFacts(**{**facts, **changes})


def a_waiting(
    case_id: str = "case-1", sequence: int = 1, at: datetime = MONDAY, reason: str = "no_seat_fits"
) -> CaseWaitlisted:
    return CaseWaitlisted(**_common(case_id, sequence, at), topics=["digital_mailbox"], reason=reason)


def an_unplacing(case_id: str = "case-1", sequence: int = 1, at: datetime = MONDAY) -> CaseUnplaced:
    return CaseUnplaced(**_common(case_id, sequence, at), reason="programme_over")


def a_booking(case_id: str = "case-1", sequence: int = 2, at: datetime = MONDAY, **changes: Any) -> BookingConfirmed:
    facts = {"booking_id": f"booking-{case_id}", "revision": 0, "session": a_session()}
    return BookingConfirmed(**{**_common(case_id, sequence, at), **facts, **changes})


def a_move(case_id: str = "case-1", sequence: int = 3, at: datetime = MONDAY, **changes: Any) -> BookingMoved:
    facts = {
        "booking_id": f"booking-{case_id}",
        "revision": 1,
        "moved_by": "organisation",
        "session": a_session(MONDAY + timedelta(days=14)),
    }
    return BookingMoved(**{**_common(case_id, sequence, at), **facts, **changes})


def a_cancellation(
    case_id: str = "case-1", sequence: int = 4, at: datetime = MONDAY, **changes: Any
) -> BookingCancelled:
    facts = {
        "booking_id": f"booking-{case_id}",
        "revision": 2,
        "cancelled_by": "organisation",
        "reason": "asked",
        "session": a_session(MONDAY + timedelta(days=14)),
    }
    return BookingCancelled(**{**_common(case_id, sequence, at), **facts, **changes})


def an_attendance(case_id: str = "case-1", sequence: int = 5, at: datetime = MONDAY, **changes: Any) -> BookingAttended:
    facts = {
        "booking_id": f"booking-{case_id}",
        "session_id": "session-1",
        "coach_id": "coach-1",
        "form": "desk",
        "outcomes": [Outcome("digital_mailbox", achieved=True, level_before=0, level_after=2)],
    }
    return BookingAttended(**{**_common(case_id, sequence, at), **facts, **changes})


def a_miss(case_id: str = "case-1", sequence: int = 5, at: datetime = MONDAY) -> BookingMissed:
    return BookingMissed(
        **_common(case_id, sequence, at), booking_id=f"booking-{case_id}", session_id="session-1", form="desk"
    )


def a_survey(case_id: str = "case-1", survey_id: str = "survey-1", at: datetime = MONDAY) -> SurveyInvited:
    return SurveyInvited(**_common(case_id, 1, at), survey_id=survey_id, booking_id=f"booking-{case_id}")


def a_sign_in(at: datetime = MONDAY, **changes: Any) -> StaffSignInRequested:
    facts = {"request_id": "request-1", "email": "leder@kommune.dk", "language": "da"}
    return StaffSignInRequested(municipality="national", sequence=1, occurred_at=at, **{**facts, **changes})
