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
    CaseOpened,
    CaseProgressed,
    CaseRegistered,
    CaseUnplaced,
    CaseWaitlisted,
    ContactChanged,
    MunicipalitiesImported,
    ProgrammeApplied,
    StaffSignInRequested,
    SurveyInvited,
)
from messaging.subscribe import subscribe
from services.notifications import handlers


class NotificationsSubscriptions:
    """Every event that is told to somebody, or that decides whether somebody is told."""

    on_programme_applied = subscribe(ProgrammeApplied, handlers.keep_programme)
    on_municipalities_imported = subscribe(MunicipalitiesImported, handlers.keep_municipalities)

    on_case_state = subscribe((CaseOpened, CaseAssessed, CaseProgressed, CaseClosed), handlers.learn_states, many=True)
    on_contact_changed = subscribe(ContactChanged, handlers.learn_contacts, many=True)
    on_case_registered = subscribe(CaseRegistered, handlers.receive_registration)
    on_case_erased = subscribe(CaseErased, handlers.forget_case)

    on_booking_confirmed = subscribe(BookingConfirmed, handlers.tell_confirmed)
    on_booking_moved = subscribe(BookingMoved, handlers.tell_moved)
    on_booking_cancelled = subscribe(BookingCancelled, handlers.tell_cancelled)
    on_booking_attended = subscribe(BookingAttended, handlers.note_attended)
    on_booking_missed = subscribe(BookingMissed, handlers.tell_missed)
    on_case_waitlisted = subscribe(CaseWaitlisted, handlers.tell_waiting)
    on_case_unplaced = subscribe(CaseUnplaced, handlers.tell_unplaced)

    on_survey_invited = subscribe(SurveyInvited, handlers.invite_to_survey)
    on_staff_sign_in_requested = subscribe(StaffSignInRequested, handlers.invite_to_sign_in)
