"""What scheduling tells of a case's place, and what the organisation is told of it."""

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
from services.notifications.domain.message import draft
from services.notifications.domain.purposes import CANCELLED, CONFIRMED, MISSED, MOVED, UNPLACED, WAITING
from services.notifications.domain.recipient import BOOKED, Placement, Recipient
from services.notifications.handlers.drafting import happened_at, plan
from services.notifications.handlers.outcomes import tell_withheld
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork

ALREADY_TOLD = frozenset({"no_show", "session_cancelled", "coach_changed", "needs_changed"})
"""Why a case waits again: the message about what went before says that we look for a new time."""

KNOWN_TO_IT = frozenset({"asked", "no_help_wanted", "case_closed", "too_many_no_shows"})
"""Why a case has no place: by its own wish, or the message about what it missed says how to ask again."""


def tell_confirmed(event: BookingConfirmed, uow: NotificationsUnitOfWork) -> None:
    """The case has a seat: tell at once, with the first version of its calendar entry."""
    _learn(event, uow, BOOKED, event)
    _tell(CONFIRMED, event, uow, {"revision": event.revision}, event.session)


def tell_moved(event: BookingMoved, uow: NotificationsUnitOfWork) -> None:
    """The booking is now in another session: tell at once."""
    _learn(event, uow, BOOKED, event)
    _tell(MOVED, event, uow, {"revision": event.revision, "moved_by": event.moved_by}, event.session)


def tell_cancelled(event: BookingCancelled, uow: NotificationsUnitOfWork) -> None:
    """The booking is no more: tell at once, and take it out of the calendar."""
    _learn(event, uow, "none")
    parameters = {"revision": event.revision, "cancelled_by": event.cancelled_by, "reason": event.reason}
    _tell(CANCELLED, event, uow, parameters, event.session)


def tell_waiting(event: CaseWaitlisted, uow: NotificationsUnitOfWork) -> None:
    """The case waits for a seat: say so, unless one is found in a moment or the last message said it."""
    _learn(event, uow, "waiting")
    if event.reason not in ALREADY_TOLD:
        _tell(WAITING, event, uow, {"topics": event.topics})


def tell_unplaced(event: CaseUnplaced, uow: NotificationsUnitOfWork) -> None:
    """The case neither has a seat nor waits for one: say how to ask again, unless it knows."""
    _learn(event, uow, "none")
    if event.reason not in KNOWN_TO_IT:
        _tell(UNPLACED, event, uow, {"reason": event.reason})


def tell_missed(event: BookingMissed, uow: NotificationsUnitOfWork) -> None:
    """Nobody came: say it kindly, and how it goes on."""
    _learn(event, uow, "missed")
    _tell(MISSED, event, uow, {"booking_id": event.booking_id, "form": event.form})


def note_attended(event: BookingAttended, uow: NotificationsUnitOfWork) -> None:
    """The organisation came: nothing more is to be said of this booking."""
    _learn(event, uow, "attended")


def _learn(
    event: PlacementEvent,
    uow: NotificationsUnitOfWork,
    kind: str,
    booked: BookingConfirmed | BookingMoved | None = None,
) -> None:
    place = Placement(sequence=event.sequence, kind=kind, placed_at=happened_at(event, uow))
    if booked:
        place = Placement(
            event.sequence, kind, booked.booking_id, booked.revision, place.placed_at, _session(booked.session)
        )
    uow.recipients.learn_placement(Recipient(event.case_id, event.programme_id, event.municipality, placement=place))
    tell_withheld(uow, uow.messages.withhold_out_of_place(event.case_id))


def _tell(
    purpose: str,
    event: PlacementEvent,
    uow: NotificationsUnitOfWork,
    parameters: dict[str, Any],
    session: SessionFacts | None = None,
) -> None:
    facts: dict[str, Any] = {**_session(session), "booking_id": getattr(event, "booking_id", None)} if session else {}
    plan(
        uow,
        draft(
            purpose,
            subject=event.case_id,
            occasion=str(event.sequence),
            at=happened_at(event, uow),
            municipality=event.municipality,
            case_id=event.case_id,
            programme_id=event.programme_id,
            sequence=event.sequence,
            useless_after=session.ends_at if session else None,
            parameters={**facts, **parameters},
        ),
    )


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
