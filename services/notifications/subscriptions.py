"""What notifications listens to."""

from frist_contracts import (
    BookingAttended,
    BookingCancelled,
    BookingConfirmed,
    BookingMissed,
    BookingMoved,
    CaseAssessed,
    CaseClosed,
    CaseErased,
    CaseLinkRequested,
    CaseOpened,
    CaseProgressed,
    CaseRegistered,
    CaseUnplaced,
    CaseWaitlisted,
    ContactChanged,
    MunicipalitiesImported,
    ProgrammeApplied,
    StaffSessionsEnded,
    StaffSignInRequested,
    SurveyInvited,
)
from messaging.subscribe import subscribe
from services.notifications import handlers
from web.staff_session import learn_sessions_ended

PLACES = (
    CaseWaitlisted,
    CaseUnplaced,
    BookingConfirmed,
    BookingMoved,
    BookingCancelled,
    BookingAttended,
    BookingMissed,
)


class NotificationsSubscriptions:
    """Every event that is told to somebody, or that decides whether somebody is told."""

    on_programme_applied = subscribe(ProgrammeApplied, handlers.keep_programme)
    on_municipalities_imported = subscribe(MunicipalitiesImported, handlers.keep_municipalities)

    on_case_state = subscribe((CaseOpened, CaseAssessed, CaseProgressed, CaseClosed), handlers.learn_states, many=True)
    on_contact_changed = subscribe(ContactChanged, handlers.learn_contacts, many=True)
    on_case_registered = subscribe(CaseRegistered, handlers.receive_registrations, many=True)
    on_case_link_requested = subscribe(CaseLinkRequested, handlers.send_links_again, many=True)
    on_case_erased = subscribe(CaseErased, handlers.forget_case)

    on_places = subscribe(PLACES, handlers.tell_places, many=True)

    on_survey_invited = subscribe(SurveyInvited, handlers.invite_to_surveys, many=True)
    on_staff_sign_in_requested = subscribe(StaffSignInRequested, handlers.invite_to_sign_in)
    on_staff_sessions_ended = subscribe(StaffSessionsEnded, learn_sessions_ended)
