"""Rounds of measurements, interleaved (A B B A A B …), so that whatever slows the machine slows them all, and neither always
finds what the other left behind.
"""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Measure = Callable[[], float]


@dataclass(frozen=True)
class Figures:
    """What one contestant did, round by round, in the unit of its bench."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The figure that is quoted."""
        return statistics.median(self.rounds)

    def against(self, other: "Figures") -> "Figures":
        """The ratio to another contestant, each round with the same round of the other."""
        return Figures(tuple(mine / its for mine, its in zip(self.rounds, other.rounds, strict=True)))

    def __str__(self) -> str:
        return f"{readable(self.median)} ({readable(min(self.rounds))} to {readable(max(self.rounds))})"


def readable(figure: float) -> str:
    """Three digits that count."""
    if figure == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(figure))))
    return f"{figure:,.{min(digits, 3)}f}"


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent of all are not above (nearest rank)."""
    return sorted(values)[max(0, math.ceil(percent / 100 * len(values)) - 1)]


def interleaved(contestants: dict[str, Measure], rounds: int, say: Callable[[str], None]) -> dict[str, Figures]:
    """Let each contestant measure once in every round, every other round in the opposite order."""
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(1, rounds + 1):
        for name in list(contestants) if number % 2 else reversed(contestants):
            measure = contestants[name]
            began = time.monotonic()
            found[name].append(measure())
            took = time.monotonic() - began
            say(f"  round {number} of {rounds}  {name:<24} {readable(found[name][-1]):>9}   ({took:.0f} s)")
    return {name: Figures(tuple(values)) for name, values in found.items()}
