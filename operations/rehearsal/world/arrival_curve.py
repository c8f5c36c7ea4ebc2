"""When organisations are first heard from: the deadline curve 1/(days left + delta) and the tail behind it.

Source of the curve: Alfi, Parisi, Pietronero, Nature Physics 3 (2007) 746; delta of 5 days is fitted to the British
tax returns of 2006 and 2026 and the Belgian e-invoicing of 2026.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import log

from operations.rehearsal.world.chance import Chance

DELTA_DAYS = 5.0
BEFORE_THE_DEADLINE = 0.72
AFTER_THE_DEADLINE = 0.24
NEVER = 1.0 - BEFORE_THE_DEADLINE - AFTER_THE_DEADLINE


@dataclass(frozen=True)
class ArrivalCurve:
    """The share of organisations heard from by each day: `shares[i]` on the i-th day after `starts_on`."""

    starts_on: date
    shares: Sequence[float]

    def day_for(self, chance: Chance) -> date | None:
        """The day of this organisation, or None for one that is not heard from on any of these days."""
        left = chance.share("arrival")
        for number, share in enumerate(self.shares):
            if left < share:
                return self.starts_on + timedelta(days=number)
            left -= share
        return None


def arrival_curve(starts_on: date, days: int, deadline: date | None) -> ArrivalCurve:
    """The curve of the replayed days.

    With a deadline among them 72 % come before it and 24 % in a tail as long as the run-up, of which the replay shows
    its beginning; 4 % never come. Without one, 96 % come evenly: far from an end the curve is flat.
    """
    end = starts_on + timedelta(days=days)
    if deadline is None or not starts_on < deadline < end:
        return ArrivalCurve(starts_on, [(1.0 - NEVER) / days] * days)
    run_up = (deadline - starts_on).days
    rising = _shares(run_up, run_up)
    falling = _shares(days - run_up, run_up)
    before = [BEFORE_THE_DEADLINE * share for share in reversed(rising)]
    return ArrivalCurve(starts_on, before + [AFTER_THE_DEADLINE * share for share in falling])


def _shares(days: int, whole_run: int) -> list[float]:
    """The share of each day at distance 0, 1, 2 … from the deadline; a whole run adds up to one."""
    scale = log((whole_run + DELTA_DAYS) / DELTA_DAYS)
    heights = [log(distance + DELTA_DAYS) for distance in range(days + 1)]
    return [(far - near) / scale for near, far in pairwise(heights)]
