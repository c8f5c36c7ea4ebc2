"""Events as relays and workers leave them in the services' databases, put there by hand."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from messaging.database import Database
from operations.ledger.subscriptions import subscribed_types
from operations.services import SERVICES

Databases = dict[str, Database[Any]]
TYPE = "registration.case_opened.v1"
"""Only reporting has to subscribe to it for these tests to hold; whoever else does is looked up."""


def publish(connection: Connection, *, published: bool = True, age: timedelta = timedelta(hours=1)) -> tuple[str, int]:
    """Put an event into an outbox as registration's relay leaves it; its id and position."""
    event_id = str(uuid.uuid4())
    insert = text("""
        INSERT INTO outbox (event_id, type, subject, municipality, lane, private, routing_key, envelope, stored_at, published_at)
        VALUES (:id, :type, 'case', 'dk-0101', 'bulk', false, 'key', '{}', :at, :published) RETURNING position
    """)
    at = datetime.now(UTC) - age  # noqa: TID251  (machine time)
    values = {"id": event_id, "type": TYPE, "at": at, "published": at if published else None}
    return event_id, connection.execute(insert, values).scalar_one()


def take_effect(databases: Databases, event_id: str, position: int, but: str = "") -> None:
    """Put an event into the inbox of everybody who subscribes to it, `but` for one."""
    insert = text(
        "INSERT INTO inbox (event_id, producer, position, type, lane) VALUES (:id, 'registration', :at, :type, 'bulk')"
    )
    for service in SERVICES:
        if service != but and TYPE in subscribed_types(service):
            with databases[service].engine.begin() as connection:
                connection.execute(insert, {"id": event_id, "at": position, "type": TYPE})


def park(database: Database[Any], event_id: str, position: int) -> None:
    """Put an event among those that a service gave up on."""
    insert = text("""
        INSERT INTO parked (event_id, type, producer, position, subject, lane, body, reason, detail, attempts)
        VALUES (:id, :type, 'registration', :at, 'case', 'bulk', '', 'refused', '', 1)
    """)
    with database.engine.begin() as connection:
        connection.execute(insert, {"id": event_id, "type": TYPE, "at": position})
