"""How long each phase of a rehearsal took, in seconds of the wall clock."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Phases:
    """Adds up the seconds spent in each phase, in the order in which the phases first began."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count the time of the block."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] += time.monotonic() - began

    @property
    def total(self) -> float:
        """Seconds since the rehearsal began."""
        return time.monotonic() - self._began

    def rounded(self) -> dict[str, float]:
        """Seconds by phase, to a tenth."""
        return {name: round(seconds, 1) for name, seconds in self.seconds.items()}
