"""Instants that no calendar reckons with are refused."""

from datetime import UTC, date, datetime

from messaging.reach import FIRST, LAST
from services.scheduling.domain.refusals import InvalidValue

OUT_OF_REACH = "Write a time between 1990 and 2199."
"""Without a gap to fill in: pages look the whole sentence up in the reader's language."""


def within_reach(instant: datetime, field: str) -> datetime:
    """The instant; raises `InvalidValue` for one that lies centuries away."""
    if not _midnight(FIRST) <= instant < _midnight(LAST):
        raise InvalidValue(OUT_OF_REACH, field=field)
    return instant


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
