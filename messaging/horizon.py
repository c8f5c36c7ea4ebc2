"""Up to which outbox position nothing can appear any more.

Positions are given out before their transactions commit, so a lower one can become visible long after a higher one. What
was read up to some position is complete only when every transaction that was open then has ended.
"""

import time
from typing import LiteralString

REST_SECONDS = 1.0
"""Between being given a position and being given a transaction id lie microseconds; this is a generous while for them."""

TRANSACTIONS: LiteralString = """
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest_open,
    pg_current_xact_id()::text::bigint AS next_transaction
"""
"""Columns for `Horizon.reach`, of a reading that is a transaction by itself.

The id is its own, given after the snapshot: a snapshot's `xmax` is only the one after the last that has *ended*, and those
that are open beyond it would be taken for not yet begun.
"""


class Horizon:
    """Follows one outbox: notes how far was read, and later whether that was all."""

    def __init__(self) -> None:
        self._complete = 0
        self._read = 0
        self._first_not_open_then: int | None = None
        self._noted_at = 0.0

    def reach(self, position: int, *, oldest_open: int, next_transaction: int) -> int:
        """Note that rows were read up to `position`; returns what is complete.

        `oldest_open` is the lowest transaction id that was open in the snapshot of the reading, `next_transaction` one that was
        given out after it: whatever was open then has a lower one.
        """
        now = time.monotonic()
        noted = self._first_not_open_then
        if noted is not None and oldest_open >= noted and now - self._noted_at >= REST_SECONDS:
            self._complete, noted = self._read, None
        if noted is None:
            self._read, self._noted_at, noted = position, now, next_transaction
        self._first_not_open_then = noted
        return self._complete
