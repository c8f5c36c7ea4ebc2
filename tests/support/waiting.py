"""Waiting in tests: for a condition, with a deadline, never for time to pass."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import text

from messaging.database import Database
from operations.errors import RequestError

Found = TypeVar("Found")

_WAITING = text(
    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
)


def eventually(look: Callable[[], Found], what: str, seconds: float = 30.0) -> Found:
    """What `look` gives as soon as it gives something true; AssertionError naming `what` when it never does.

    An AssertionError of `look`, or a request that is refused, counts as not yet and is told at the end.
    """
    deadline = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < deadline:
        try:
            if found := look():
                return found
            last = found
        except (AssertionError, RequestError) as error:
            last = error
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds:.0f} s; last seen: {last}")


def somebody_waits(database: Database[Any]) -> bool:
    """Whether one session of the database waits for a lock of another."""
    with database.engine.connect() as connection:
        return bool(connection.execute(_WAITING).scalar_one())
