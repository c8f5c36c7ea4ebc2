"""Placements: who waits and why, what became of bookings, what sessions achieved; and who is asked how it went."""

from collections.abc import Sequence
from typing import Any

from frist_contracts import (
    BookingAttended,
    BookingCancelled,
    BookingConfirmed,
    BookingMissed,
    BookingMoved,
    CaseUnplaced,
    CaseWaitlisted,
)
from frist_contracts.scheduling import PlacementEvent
from services.reporting.handlers.event_rows import place_of
from services.reporting.handlers.surveys import invite
from services.reporting.storage.unit_of_work import ReportingUnitOfWork

_STATES: dict[type[PlacementEvent], str] = {
    CaseWaitlisted: "waiting",
    CaseUnplaced: "unplaced",
    BookingConfirmed: "booked",
    BookingMoved: "booked",
    BookingCancelled: "cancelled",
    BookingAttended: "attended",
    BookingMissed: "missed",
}


def project_placements(events: Sequence[PlacementEvent], uow: ReportingUnitOfWork) -> None:
    """Count waiting, bookings and what was learnt; ask those who came how it went."""
    uow.projections.begin(events)
    uow.projections.placements(_placement(event) for event in events)
    uow.projections.bookings(_booking(event) for event in events if hasattr(event, "booking_id"))
    attended = [event for event in events if isinstance(event, BookingAttended)]
    uow.projections.topic_outcomes(row for event in attended for row in _outcomes(event))
    invite(attended, uow)


def _placement(event: PlacementEvent) -> dict[str, Any]:
    reason = getattr(event, "reason", "")
    return {**place_of(event), "case_id": event.case_id, "state": _STATES[type(event)], "reason": reason}


def _booking(event: Any) -> dict[str, Any]:
    form = event.session.form if hasattr(event, "session") else event.form
    return {**place_of(event), "booking_id": event.booking_id, "form": form, "state": _STATES[type(event)]}


def _outcomes(event: BookingAttended) -> list[dict[str, Any]]:
    return [
        {
            **place_of(event),
            "booking_id": event.booking_id,
            "topic": outcome.topic,
            "achieved": outcome.achieved,
            "level_before": outcome.level_before,
            "level_after": outcome.level_after,
        }
        for outcome in event.outcomes
    ]
