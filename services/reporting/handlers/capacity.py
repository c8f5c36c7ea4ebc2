"""Capacity and sessions: the seats there are, and the sessions that subsidies are paid for."""

from collections.abc import Sequence

from frist_contracts import CapacityChanged, SessionHeld
from services.reporting.domain.capacity import without_replaced
from services.reporting.handlers.event_rows import place_of
from services.reporting.storage.unit_of_work import ReportingUnitOfWork


def project_capacity(events: Sequence[CapacityChanged], uow: ReportingUnitOfWork) -> None:
    """Know each municipality's seats by day and form, as last announced."""
    uow.projections.begin(events)
    announcements = without_replaced(
        {**place_of(event), "from_day": event.from_day, "days": event.days} for event in events
    )
    days = [
        {**announcement, "day": day.day, "form": day.form, "seats": day.seats, "taken": day.taken}
        for announcement in announcements
        for day in announcement["days"]
    ]
    uow.projections.capacity([_bare(row) for row in announcements], [_bare(row) for row in days])


def project_sessions(events: Sequence[SessionHeld], uow: ReportingUnitOfWork) -> None:
    """Keep each session that was held, with the event that says so."""
    uow.projections.begin(events)
    uow.projections.sessions_held(
        {
            **place_of(event),
            "session_id": event.session_id,
            "event_id": event.event_id,
            "form": event.form,
            "starts_at": event.starts_at,
            "seats": event.seats,
            "attended": event.attended,
        }
        for event in events
    )


def _bare(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != "days"}
