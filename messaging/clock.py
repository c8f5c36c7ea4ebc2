"""Two kinds of time. Machine time moves by itself: retries and timeouts use it.

Business time (deadlines, sessions, reminders) is `uow.now`. It is machine time too, unless the clock is
*driven*: then it is a row in the service's database, which a rehearsal moves from day to day.
"""

from datetime import UTC, datetime

from sqlalchemy import Connection

from messaging.sql import text

SYSTEM = "system"
DRIVEN = "driven"
CLOCKS = (SYSTEM, DRIVEN)
BUSINESS_TIME = "SELECT now FROM business_clock"
_MOVE = text("""
    WITH moved AS (
        INSERT INTO business_clock (only_row, now) VALUES (true, :now)
        ON CONFLICT (only_row) DO UPDATE SET now = excluded.now
    )
    SELECT pg_notify('frist_bell', '')
""")


def machine_now() -> datetime:
    """The machine's time, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the one place that asks the machine


def business_now(connection: Connection, clock: str) -> datetime:
    """The business time of a transaction; a driven clock that nobody has set yet shows machine time."""
    if clock != DRIVEN:
        return machine_now()
    row = connection.execute(text(BUSINESS_TIME)).first()
    return row.now.astimezone(UTC) if row else machine_now()


def set_business_time(connection: Connection, now: datetime) -> None:
    """Move the driven clock, also back; the timers hear of it at the commit."""
    connection.execute(_MOVE, {"now": now})
