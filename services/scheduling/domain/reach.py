"""Instants that no calendar reckons with are refused."""

from datetime import UTC, date, datetime

from messaging.reach import FIRST, LAST
from services.scheduling.domain.refusals import InvalidValue


def within_reach(instant: datetime, field: str) -> datetime:
    """The instant; raises `InvalidValue` for one that lies centuries away."""
    if not _midnight(FIRST) <= instant < _midnight(LAST):
        raise InvalidValue(f"Write a time between {FIRST.year} and {LAST.year}.", field=field)
    return instant


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
