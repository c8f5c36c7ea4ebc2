"""How much a lane takes at once: as much as it can apply quickly."""

FIRST = 25
LONG_SECONDS = 0.1
"""A batch holds its locks until it commits: when it lasts longer than this, the next one is smaller."""


class Portion:
    """The size of the next batch, from one to `most`: begins small, doubles while batches are quick, shrinks when one is slow.

    So a handler of a millisecond is given full batches, and one of a second its events one by one.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.size = min(most, FIRST)

    def took(self, count: int, seconds: float) -> None:
        """Note how long a batch of so many messages took."""
        if seconds > LONG_SECONDS:
            self.size = max(1, min(self.size, int(count * LONG_SECONDS / seconds)))
        elif seconds < LONG_SECONDS / 2 and count >= self.size:
            self.size = min(self._most, self.size * 2)
