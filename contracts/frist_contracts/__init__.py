"""The published language of Frist: every event that crosses a service border.

Import events from here: `from frist_contracts import CaseOpened`.
"""

from frist_contracts.catalogue import EVENTS, event_class
from frist_contracts.delivery import PAGE_CLOSED, RESEND_REQUESTED, PageClosed, PageTotal, ResendRequested
from frist_contracts.envelope import (
    CONTENT_TYPE,
    Envelope,
    Origin,
    decode,
    encode,
    origin_of,
    routing_key,
    with_position,
)
from frist_contracts.errors import ContractError, EventTooLargeError, UnknownEventError, UnreadableEventError
from frist_contracts.event import NATIONAL, Event, Lane
from frist_contracts.notifications import MessageFailed, MessageSent, MessageWithheld, NoAddressLeft
from frist_contracts.registration import (
    CaseAssessed,
    CaseClosed,
    CaseErased,
    CaseLinkRequested,
    CaseOpened,
    CaseProgressed,
    CaseRegistered,
    ContactChanged,
    MunicipalitiesImported,
    Municipality,
    ProgrammeApplied,
    StaffSessionsEnded,
    StaffSignInRequested,
)
from frist_contracts.reporting import SurveyAnswered, SurveyInvited
from frist_contracts.scheduling import (
    BookingAttended,
    BookingCancelled,
    BookingConfirmed,
    BookingMissed,
    BookingMoved,
    CapacityChanged,
    CapacityDay,
    CaseUnplaced,
    CaseWaitlisted,
    Outcome,
    SessionFacts,
    SessionHeld,
)
from frist_contracts.wire import MAX_BYTES

__all__ = [
    "CONTENT_TYPE",
    "EVENTS",
    "MAX_BYTES",
    "NATIONAL",
    "PAGE_CLOSED",
    "RESEND_REQUESTED",
    "BookingAttended",
    "BookingCancelled",
    "BookingConfirmed",
    "BookingMissed",
    "BookingMoved",
    "CapacityChanged",
    "CapacityDay",
    "CaseAssessed",
    "CaseClosed",
    "CaseErased",
    "CaseLinkRequested",
    "CaseOpened",
    "CaseProgressed",
    "CaseRegistered",
    "CaseUnplaced",
    "CaseWaitlisted",
    "ContactChanged",
    "ContractError",
    "Envelope",
    "Event",
    "EventTooLargeError",
    "Lane",
    "MessageFailed",
    "MessageSent",
    "MessageWithheld",
    "MunicipalitiesImported",
    "Municipality",
    "NoAddressLeft",
    "Origin",
    "Outcome",
    "PageClosed",
    "PageTotal",
    "ProgrammeApplied",
    "ResendRequested",
    "SessionFacts",
    "SessionHeld",
    "StaffSessionsEnded",
    "StaffSignInRequested",
    "SurveyAnswered",
    "SurveyInvited",
    "UnknownEventError",
    "UnreadableEventError",
    "decode",
    "encode",
    "event_class",
    "origin_of",
    "routing_key",
    "with_position",
]
