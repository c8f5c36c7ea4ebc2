"""How much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Counts of events, and of rounds; `seconds` is how long HTTP is measured at a time."""

    rounds: int = 5
    relayed: int = 30_000
    published: int = 2_000
    long_backlog: int = 1_000_000
    short_backlog: int = 10_000
    consumed: int = 20_000
    consumed_in_sets: int = 40_000
    consumed_by_peers: int = 6_000
    relayed_with_pages: int = 90_000
    consumed_with_pages: int = 60_000
    samples: int = 150
    seconds: float = 1.5


FULL = Scale()
TINY = Scale(
    rounds=1, relayed=3_000, published=50, long_backlog=6_000, short_backlog=3_000, consumed=1_000, consumed_in_sets=1_000,
    consumed_by_peers=300, relayed_with_pages=3_000, consumed_with_pages=1_000, samples=5, seconds=0.5,
)  # fmt: skip
"""For trying the machinery: its figures mean nothing."""
