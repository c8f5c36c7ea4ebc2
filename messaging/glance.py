"""What an idle relay asks fifty times a second: is there anything to do at all?

It goes to the driver directly, with one prepared statement: through SQLAlchemy the question costs the relay more than twice
as much as the answer costs the server.
"""

from datetime import datetime
from typing import Any, LiteralString

from sqlalchemy import Connection

_ANYTHING: LiteralString = """
    SELECT EXISTS (SELECT FROM outbox WHERE published_at IS NULL AND lane = 'urgent' AND position >= %s)
        OR EXISTS (SELECT FROM outbox WHERE published_at IS NULL AND lane = 'bulk' AND position >= %s)
        OR EXISTS (SELECT FROM retries WHERE due_at <= %s)
        OR EXISTS (SELECT FROM resends)
"""


def is_anything_waiting(connection: Connection, floor: int, now: datetime) -> bool:
    """Whether an event at or above a position is unpublished, a retry is due `now`, or somebody asked for a resend."""
    driver: Any = connection.connection.driver_connection
    (answer,) = driver.execute(_ANYTHING, (floor, floor, now), prepare=True).fetchone()
    return bool(answer)
