"""How far from today a day or an instant may lie: beyond that nobody means it, and no calendar reckons with it."""

from datetime import UTC, date, datetime

from services.scheduling.domain.refusals import InvalidValue

FIRST, LAST = date(1990, 1, 1), date(2199, 12, 31)


def within_reach(instant: datetime, field: str) -> datetime:
    """The instant; raises `InvalidValue` for one that lies centuries away."""
    if not _midnight(FIRST) <= instant < _midnight(LAST):
        raise InvalidValue(f"Write a time between {FIRST.year} and {LAST.year}.", field=field)
    return instant


def is_within_reach(day: date) -> bool:
    """Whether weeks and months around the day can be shown."""
    return FIRST <= day <= LAST


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
