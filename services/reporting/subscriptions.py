"""What reporting listens to: everything that counts, in bulk."""

from frist_contracts import (
    BookingAttended,
    BookingCancelled,
    BookingConfirmed,
    BookingMissed,
    BookingMoved,
    CapacityChanged,
    CaseAssessed,
    CaseClosed,
    CaseErased,
    CaseOpened,
    CaseProgressed,
    CaseRegistered,
    CaseUnplaced,
    CaseWaitlisted,
    MessageFailed,
    MessageSent,
    MessageWithheld,
    MunicipalitiesImported,
    NoAddressLeft,
    ProgrammeApplied,
    SessionHeld,
    StaffSessionsEnded,
    SurveyAnswered,
)
from messaging.subscribe import subscribe
from services.reporting.handlers import capacity, cases, messages, placements, programmes, surveys
from web.staff_session import learn_sessions_ended

CASES = (CaseOpened, CaseRegistered, CaseAssessed, CaseProgressed, CaseClosed, CaseErased)
PLACEMENTS = (
    CaseWaitlisted,
    CaseUnplaced,
    BookingConfirmed,
    BookingMoved,
    BookingCancelled,
    BookingAttended,
    BookingMissed,
)
MESSAGES = (MessageSent, MessageWithheld, MessageFailed)


class ReportingSubscriptions:
    """What reporting listens to."""

    on_programme_applied = subscribe(ProgrammeApplied, programmes.keep_programme)
    on_municipalities_imported = subscribe(MunicipalitiesImported, programmes.keep_municipalities)
    on_cases = subscribe(CASES, cases.project_cases, many=True)
    on_placements = subscribe(PLACEMENTS, placements.project_placements, many=True)
    on_capacity_changed = subscribe(CapacityChanged, capacity.project_capacity, many=True)
    on_session_held = subscribe(SessionHeld, capacity.project_sessions, many=True)
    on_messages = subscribe(MESSAGES, messages.project_messages, many=True)
    on_no_address_left = subscribe(NoAddressLeft, messages.project_lost_addresses, many=True)
    on_survey_answered = subscribe(SurveyAnswered, surveys.project_answers, many=True)
    on_staff_sessions_ended = subscribe(StaffSessionsEnded, learn_sessions_ended)
