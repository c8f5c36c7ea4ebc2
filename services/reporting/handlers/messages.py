"""Messages: what was sent, withheld or failed, on which channel and why."""

from collections.abc import Sequence

from frist_contracts import MessageFailed, MessageSent, MessageWithheld, NoAddressLeft
from frist_contracts.notifications import MessageEvent
from services.reporting.handlers.event_rows import place_of
from services.reporting.storage.unit_of_work import ReportingUnitOfWork

_OUTCOMES: dict[type[MessageEvent], str] = {MessageSent: "sent", MessageWithheld: "withheld", MessageFailed: "failed"}


def project_messages(events: Sequence[MessageEvent], uow: ReportingUnitOfWork) -> None:
    """Count what became of each message to an organisation; mail to staff belongs to no programme."""
    uow.projections.begin(events)
    uow.projections.messages(
        {
            **place_of(event),
            "message_id": event.message_id,
            "purpose": event.purpose,
            "channel": event.channel,
            "outcome": _OUTCOMES[type(event)],
            "reason": getattr(event, "reason", ""),
            "occurred_at": event.occurred_at,
        }
        for event in events
        if event.programme_id is not None
    )


def project_lost_addresses(events: Sequence[NoAddressLeft], uow: ReportingUnitOfWork) -> None:
    """Count the cases that no letter reaches any more."""
    uow.projections.begin(events)
    uow.projections.lost_addresses({**place_of(event), "case_id": event.case_id} for event in events)
