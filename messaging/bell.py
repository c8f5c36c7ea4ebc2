"""Wakes a relay that rests, so that an event need not wait for its next look.

A relay with nothing to do takes the bell's lock and listens. A transaction that stores events tries to share that lock until
its end: when it can, the relay is up, or cannot lie down before this transaction has ended, and will look by itself; when it
cannot, the relay rests, and is rung for at the commit. So no event falls between a look and a rest, and a busy service never
rings: PostgreSQL lets only one ringing transaction commit at a time.

A ring that is lost costs no more than the rest, which is short: nothing but speed depends on it.
"""

from typing import Any, LiteralString

from sqlalchemy import Connection

LOCK_KEY = 7_001_002
RING = f"SELECT pg_notify('frist_outbox', '') WHERE NOT pg_try_advisory_xact_lock_shared({LOCK_KEY})"
"""Part of every transaction that stores events: rings at its commit if the relay rests."""

_LISTEN: LiteralString = "LISTEN frist_outbox"
_LIE_DOWN: LiteralString = "SELECT pg_try_advisory_lock(%s)"
_GET_UP: LiteralString = "SELECT pg_advisory_unlock(%s)"


class Bell:
    """The bell of one relay, on the connection that it works with."""

    def __init__(self, connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        self._driver = driver
        self._driver.add_notify_handler(self._hear)
        self._driver.execute(_LISTEN)
        self.may_rest = False
        """Whether whoever stores events will ring."""
        self.has_rung = False
        """Whether somebody rang since the last `lie_down`."""

    @property
    def wire(self) -> int:
        """The file descriptor on which a ring arrives."""
        return int(self._driver.pgconn.socket)

    def lie_down(self) -> None:
        """Have events announced from here on, unless some are on their way to their commit; look once more before resting."""
        self.has_rung = False
        if not self.may_rest:
            (self.may_rest,) = self._driver.execute(_LIE_DOWN, (LOCK_KEY,), prepare=True).fetchone()

    def get_up(self) -> None:
        """Have nobody ring any more: the relay looks by itself."""
        if self.may_rest:
            self._driver.execute(_GET_UP, (LOCK_KEY,), prepare=True)
            self.may_rest = False

    def _hear(self, _notify: Any) -> None:
        self.has_rung = True
