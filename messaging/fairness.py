"""Lets the other green threads of a worker run in the middle of long computing."""

import time


def give_way() -> None:
    """Hand the processor over for a moment; without green threads it does next to nothing."""
    time.sleep(0)
