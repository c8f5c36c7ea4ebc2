"""Whether every timer has looked for work, and found none, since the events came to rest.

A timer's work is found by query, so that an event, a request or the clock can make some without a trace in any
outbox. Only a run that *began* after everything else was at rest proves that there is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TimerRun:
    """A timer's latest run: when it began by the machine's clock, at which business time, and how much it did.

    `worked_at` is when it had last done something, in this or an earlier run.
    """

    name: str
    ran_at: datetime
    business_now: datetime
    did: int
    worked_at: datetime | None = None


class Quiet:
    """Remembers since when nothing has changed."""

    def __init__(self) -> None:
        self._picture: object = None
        self._since: datetime | None = None

    def end(self) -> None:
        """Something changed: whatever was quiet has to prove it again."""
        self._picture = self._since = None

    def since(self, picture: object, asked_at: datetime) -> datetime:
        """Since when the picture has been as it is."""
        if self._since is None or picture != self._picture:
            self._picture, self._since = picture, asked_at
        return self._since


def all_idle(runs: Sequence[TimerRun], since: datetime, business_now: datetime | None) -> bool:
    """Whether each of a service's timers last began after `since`, at today's business time, and did nothing.

    What one of them did may be work for another, so all have to have looked again after that.
    """
    after = max([since, *(run.worked_at for run in runs if run.worked_at is not None)])
    return all(
        run.did == 0 and run.ran_at > after and (business_now is None or run.business_now >= business_now)
        for run in runs
    )
