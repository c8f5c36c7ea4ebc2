"""How far from today a day may lie that somebody writes: beyond that nobody means it, and no calendar reckons with it.

Plain Python, so that a domain may import it.
"""

from datetime import date

FIRST, LAST = date(1990, 1, 1), date(2199, 12, 31)


def is_within_reach(day: date) -> bool:
    """Whether weeks and months around the day can be shown."""
    return FIRST <= day <= LAST
