"""Rounds of measurements, interleaved (A B A B …), so that whatever slows the machine slows them all."""

import statistics
from collections.abc import Callable, Mapping
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
        return f"{self.median:,.4g} ({min(self.rounds):,.4g} to {max(self.rounds):,.4g})"


def interleaved(contestants: Mapping[str, Measure], rounds: int, say: Callable[[str], None]) -> dict[str, Figures]:
    """Let each contestant measure once in every round."""
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(1, rounds + 1):
        for name, measure in contestants.items():
            found[name].append(measure())
            say(f"  round {number} of {rounds}  {name:<28} {found[name][-1]:>10,.0f}")
    return {name: Figures(tuple(values)) for name, values in found.items()}
