"""What scheduling tells of a case's place, and what the organisation is told of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from frist_contracts import (
    BookingAttended,
    BookingCancelled,
    BookingConfirmed,
    BookingMissed,
    BookingMoved,
    CaseUnplaced,
    CaseWaitlisted,
    SessionFacts,
)
from frist_contracts.scheduling import PlacementEvent
from services.notifications.domain.message import Message
from services.notifications.domain.purposes import CANCELLED, CONFIRMED, MISSED, MOVED, UNPLACED, WAITING
from services.notifications.domain.recipient import ATTENDED, BOOKED, Placement, Recipient
from services.notifications.handlers.drafting import draft_to_case, happened_at, plan
from services.notifications.handlers.outcomes import tell_withheld
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork

KINDS: dict[type[PlacementEvent], str] = {
    BookingConfirmed: BOOKED,
    BookingMoved: BOOKED,
    BookingCancelled: "none",
    BookingAttended: ATTENDED,
    BookingMissed: "missed",
    CaseWaitlisted: "waiting",
    CaseUnplaced: "none",
}
"""What each event makes of a case's place."""

ALREADY_TOLD = frozenset({"no_show", "session_cancelled", "coach_changed", "needs_changed"})
"""Why a case waits again: the message about what went before says that we look for a new time."""

KNOWN_TO_IT = frozenset({"asked", "no_help_wanted", "case_closed", "too_many_no_shows"})
"""Why a case has no place: by its own wish, or the message about what it missed says how to ask again."""


def tell_places(events: Sequence[PlacementEvent], uow: NotificationsUnitOfWork) -> None:
    """Learn the places of cases, stop what speaks of earlier ones, and tell what there is to tell."""
    uow.recipients.learn_placements([_learnt(event, uow) for event in events])
    tell_withheld(uow, uow.messages.withhold_out_of_place(sorted({event.case_id for event in events})), events)
    plan(uow, [message for event in events if (message := _message(event, uow))], events)


def _learnt(event: PlacementEvent, uow: NotificationsUnitOfWork) -> Recipient:
    place = Placement(sequence=event.sequence, kind=KINDS[type(event)], placed_at=happened_at(event, uow))
    if isinstance(event, BookingConfirmed | BookingMoved):
        session = _session(event.session)
        place = replace(place, booking_id=event.booking_id, revision=event.revision, session=session)
    return Recipient(event.case_id, event.programme_id, event.municipality, placement=place)


def _message(event: PlacementEvent, uow: NotificationsUnitOfWork) -> Message | None:
    """What an organisation is told at once; a visit that took place speaks for itself."""
    purpose, facts = "", dict[str, Any]()
    match event:
        case BookingConfirmed():
            purpose, facts = CONFIRMED, {"revision": event.revision}
        case BookingMoved():
            purpose, facts = MOVED, {"revision": event.revision, "moved_by": event.moved_by}
        case BookingCancelled():
            facts = {"revision": event.revision, "cancelled_by": event.cancelled_by, "reason": event.reason}
            purpose = CANCELLED
        case BookingMissed():
            purpose, facts = MISSED, {"booking_id": event.booking_id, "form": event.form}
        case CaseWaitlisted() if event.reason not in ALREADY_TOLD:
            purpose, facts = WAITING, {"topics": event.topics}
        case CaseUnplaced() if event.reason not in KNOWN_TO_IT:
            purpose, facts = UNPLACED, {"reason": event.reason}
    return _draft(purpose, event, uow, facts) if purpose else None


def _draft(purpose: str, event: PlacementEvent, uow: NotificationsUnitOfWork, parameters: dict[str, Any]) -> Message:
    session: SessionFacts | None = getattr(event, "session", None)
    facts: dict[str, Any] = {**_session(session), "booking_id": getattr(event, "booking_id", None)} if session else {}
    useless_after = session.ends_at if session else None
    return draft_to_case(purpose, event, uow, useless_after=useless_after, parameters={**facts, **parameters})


def _session(session: SessionFacts) -> dict[str, Any]:
    return {
        "form": session.form,
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "venue_name": session.venue_name,
        "venue_address": session.venue_address,
        "coach_name": session.coach_name,
        "session_language": session.language,
        "topics": session.topics,
    }
