"""Chance that depends on who and what, never on when: the same seed gives the same decisions in any order."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from typing import TypeVar

Option = TypeVar("Option")


@dataclass(frozen=True, slots=True)
class Chance:
    """The decisions of one actor; `decision` names each, so that a replay of any part decides the same."""

    seed: int
    actor: str

    def share(self, decision: str) -> float:
        """A number in [0, 1), evenly spread over actors and decisions."""
        digest = blake2b(f"{self.seed}|{self.actor}|{decision}".encode(), digest_size=7).digest()
        return int.from_bytes(digest, "big") / (1 << 56)

    def happens(self, decision: str, probability: float) -> bool:
        """Whether the thing happens, with this probability."""
        return self.share(decision) < probability

    def whole(self, decision: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.share(decision) * (high - low + 1))

    def choose(self, decision: str, options: Sequence[Option]) -> Option:
        """One of the options, each as likely."""
        return options[int(self.share(decision) * len(options))]

    def weighted(self, decision: str, weights: Mapping[Option, float]) -> Option:
        """One of the options, as likely as its weight says."""
        options = list(weights)
        totals = list(accumulate(weights.values()))
        place = bisect_right(totals, self.share(decision) * totals[-1])
        return options[min(place, len(options) - 1)]
