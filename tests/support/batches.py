"""A batch of events through the real delivery of a service, and what followed from which of them."""

from collections.abc import Sequence
from typing import Any

from frist_contracts import Event, Lane, encode, with_position
from messaging.clock import machine_now
from messaging.database import Database
from messaging.delivery import Delivery, Message, Route
from messaging.identifiers import new_id

_TOLD = "SELECT envelope::jsonb FROM outbox WHERE envelope::jsonb ? 'causationid' ORDER BY position"


def routes_of(subscriptions: type) -> dict[type[Event], Route]:
    """Where a service's subscriptions send each event."""
    entries = [entry for each in vars(subscriptions).values() for entry in getattr(each, "nameko_entrypoints", ())]
    return {event: Route(entry.handler, entry.many) for entry in entries for event in entry.events}


def what_followed(database: Database[Any], subscriptions: type, events: Sequence[Event]) -> list[tuple[str, str, int]]:
    """Deliver the events as one batch, each with a correlation of its own.

    For each event that the service told: its type, its case, and the number of the event that it follows from, by
    its causation and by its correlation alike.
    """
    ids = [new_id() for _ in events]
    messages = [Message(_body(*each), Lane.BULK) for each in zip(events, ids, range(1, len(events) + 1), strict=True)]
    Delivery(database, routes_of(subscriptions)).deliver(messages)
    with database.begin() as uow:
        told = uow.connection.exec_driver_sql(_TOLD).scalars().all()
    assert [one["correlationid"] for one in told] == [f"of {one['causationid']}" for one in told]
    return [(one["type"], one["data"]["case_id"], ids.index(one["causationid"])) for one in told]


def _body(event: Event, event_id: str, position: int) -> bytes:
    facts: dict[str, Any] = {"event_id": event_id, "correlation_id": f"of {event_id}", "lane": Lane.BULK}
    return with_position(encode(event, time=event.occurred_at or machine_now(), **facts), position)
