"""Which node of a RabbitMQ cluster a process uses, and how long it rests when none answers."""

import random
from collections import deque

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0
_DOUBLINGS = 10


def addresses(amqp_url: str) -> list[str]:
    """Each node's address, of `FRIST_AMQP_URL`: a list with commas between, around which blanks may stand."""
    return [url.strip() for url in amqp_url.split(",") if url.strip()]


class Nodes:
    """The nodes of `FRIST_AMQP_URL`; the one that failed is tried last.

    Each process begins with one of its own, so that a service's connections are spread over the cluster.
    """

    def __init__(self, amqp_url: str) -> None:
        self._urls = deque(addresses(amqp_url))
        self._urls.rotate(random.randrange(len(self._urls)))  # noqa: S311 - spreads load, keeps no secret

    def __len__(self) -> int:
        return len(self._urls)

    @property
    def first(self) -> str:
        """The node to try now."""
        return self._urls[0]

    def put_last(self) -> None:
        """The first one failed: the next is tried before it is tried again."""
        self._urls.rotate(-1)


def heartbeat_seconds(silence_seconds: float) -> int:
    """How often the broker and we tell each other that we live; who misses two is taken for dead, in half of the silence."""
    return max(1, round(silence_seconds / 4.5))


def wait_after(failures: int) -> float:
    """How many seconds to rest after so many failures in a row: growing at first, at most five, however many."""
    longest: float = min(FIRST_WAIT_SECONDS * 2 ** min(failures, _DOUBLINGS), LONGEST_WAIT_SECONDS)
    return longest * random.uniform(0.7, 1.0)  # noqa: S311 - jitter, not a secret
