"""Hours that come back every week, as people write them: `mon 10:00-18:00`, `mon-fri 9:00-16:00`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from services.scheduling.domain.refusals import InvalidValue

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Monday is 0, as in Python's `date.weekday()`."""

_HOURS = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+"
    r"(?P<opens>\d{1,2}[:.]\d{2})\s*-\s*(?P<closes>\d{1,2}[:.]\d{2})(?P<rest>.*)",
    re.DOTALL,
)


@dataclass(frozen=True)
class WeeklyHours:
    """From when to when on one weekday, in local time; `closes` is later than `opens` on the same day."""

    weekday: int
    opens: time
    closes: time

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} {self.opens:%H:%M}-{self.closes:%H:%M}"


def read_hours(text: str, field: str) -> tuple[list[WeeklyHours], str]:
    """The hours of each weekday named by one entry, and what is written after them.

    Refuses an entry that is not like `mon 10:00-18:00` or `mon-fri 10:00-18:00`.
    """
    found = _HOURS.fullmatch(text.strip().lower())
    if not found or found["first"] not in WEEKDAYS or (found["last"] or "mon") not in WEEKDAYS:
        raise InvalidValue(f"“{text.strip()}” is not like “mon 10:00-18:00” or “mon-fri 10:00-18:00”.", field=field)
    first = WEEKDAYS.index(found["first"])
    last = WEEKDAYS.index(found["last"]) if found["last"] else first
    opens, closes = _clock(found["opens"], field), _clock(found["closes"], field)
    if closes <= opens or last < first:
        raise InvalidValue(f"“{text.strip()}” ends before it begins: write the earlier one first.", field=field)
    return [WeeklyHours(day, opens, closes) for day in range(first, last + 1)], found["rest"].strip()


def read_opening(text: str, field: str = "opening") -> list[WeeklyHours]:
    """A venue's opening hours, entries parted by `;`. Empty means open at all times."""
    hours: list[WeeklyHours] = []
    for entry in filter(str.strip, text.split(";")):
        days, rest = read_hours(entry, field)
        if rest:
            raise InvalidValue(f"“{rest}” after the hours is not understood: part entries with “;”.", field=field)
        hours.extend(days)
    return hours


def write_opening(hours: Iterable[WeeklyHours]) -> str:
    """The canonical text of opening hours, which `read_opening` reads back."""
    return "; ".join(str(entry) for entry in hours)


def _clock(text: str, field: str) -> time:
    hour, minute = (int(part) for part in re.split(r"[:.]", text))
    try:
        return time(hour, minute)
    except ValueError:
        raise InvalidValue(f"“{text}” is no time of day: write hours 0-23 and minutes 0-59.", field=field) from None
