"""What an idle relay asks fifty times a second: is there anything to do at all?

It goes to the driver directly, with one prepared statement: through SQLAlchemy the question costs the relay more than twice
as much as the answer costs the server.
"""

from datetime import datetime
from typing import Any, LiteralString, NamedTuple

from sqlalchemy import Connection

_ANYTHING: LiteralString = """
    SELECT EXISTS (SELECT FROM outbox WHERE published_at IS NULL AND lane = 'urgent' AND position >= %s),
           EXISTS (SELECT FROM outbox WHERE published_at IS NULL AND lane = 'bulk' AND position >= %s),
           EXISTS (SELECT FROM retries WHERE due_at <= %s),
           EXISTS (SELECT FROM resends)
"""


class Waiting(NamedTuple):
    """Of what there is some: unpublished events of each lane, retries that are due, resends that were asked for."""

    urgent: bool
    bulk: bool
    retries: bool
    resends: bool


def look(connection: Connection, urgent_floor: int, bulk_floor: int, now: datetime) -> Waiting:
    """What waits: events at or above these positions, retries due `now`, and resends."""
    driver: Any = connection.connection.driver_connection
    return Waiting(*driver.execute(_ANYTHING, (urgent_floor, bulk_floor, now), prepare=True).fetchone())
