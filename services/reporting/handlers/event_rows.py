"""What every event says to every projection: where it counts, and what it is later than."""

from typing import Any

from frist_contracts import Event


def order_of(event: Event) -> dict[str, int]:
    """What decides which of two events about the same thing is the later one."""
    return {"sequence": event.sequence, "position": event.position}


def place_of(event: Any) -> dict[str, Any]:
    """The programme and the municipality that the event counts in, and its order."""
    return {"programme_id": event.programme_id, "municipality": event.municipality, **order_of(event)}


def instant(event: Event) -> str | None:
    """When it happened, in UTC: written alike for every time zone, so that texts sort as times do."""
    return event.occurred_at.isoformat() if event.occurred_at else None
