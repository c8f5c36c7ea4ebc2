"""The catalogue: every event type by its wire name."""

from frist_contracts import delivery, notifications, registration, reporting, scheduling
from frist_contracts.errors import UnknownEventError
from frist_contracts.event import Event

EVENTS: tuple[type[Event], ...] = (
    registration.ProgrammeApplied,
    registration.MunicipalitiesImported,
    registration.CaseOpened,
    registration.ContactChanged,
    registration.CaseRegistered,
    registration.CaseLinkRequested,
    registration.CaseAssessed,
    registration.CaseProgressed,
    registration.CaseClosed,
    registration.CaseErased,
    registration.StaffSignInRequested,
    registration.StaffSessionsEnded,
    scheduling.CaseWaitlisted,
    scheduling.CaseUnplaced,
    scheduling.BookingConfirmed,
    scheduling.BookingMoved,
    scheduling.BookingCancelled,
    scheduling.BookingAttended,
    scheduling.BookingMissed,
    scheduling.CapacityChanged,
    scheduling.SessionHeld,
    notifications.MessageSent,
    notifications.MessageWithheld,
    notifications.MessageFailed,
    notifications.NoAddressLeft,
    reporting.SurveyInvited,
    reporting.SurveyAnswered,
    *delivery.PAGE_CLOSED.values(),
    *delivery.RESEND_REQUESTED.values(),
)
"""Every event that crosses a service border, in the order a reader meets them."""

_BY_TYPE = {event.type_name(): event for event in EVENTS}


def event_class(type_name: str) -> type[Event]:
    """The event of a wire name; raises `UnknownEventError` when there is none."""
    try:
        return _BY_TYPE[type_name]
    except KeyError:
        raise UnknownEventError(type_name) from None
