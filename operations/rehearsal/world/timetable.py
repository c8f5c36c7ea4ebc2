"""A coach's week: which half days are for which form, so that a municipality's seats are about what it needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from math import ceil
from typing import Any

WEEKLY_SHARE = 0.09
"""Seats in a week for each organisation: plenty at first, short before a deadline, and the queue that is left then is
served in about four weeks (assumption, chosen so that most make it)."""

SHARE_OF_FORM = {"desk": 0.85, "visit": 0.15}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
HALF_DAY_MINUTES = 180
HALF_DAYS_OF_A_COACH = 6
_STARTS = (9, 13)


@dataclass(frozen=True)
class Stretch:
    """A part of a weekday (0 is Monday) that a coach gives one form, every week."""

    weekday: int
    starts_at: time
    ends_at: time
    form: str

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} {self.starts_at:%H:%M}-{self.ends_at:%H:%M}"


@dataclass(frozen=True)
class HalfDay:
    """Some sessions of one form, one after the other, in at most three hours."""

    form: str
    minutes: int


def half_days(forms: dict[str, dict[str, Any]], organisations: float) -> list[HalfDay]:
    """What a municipality that expects so many organisations offers each week; at least one session of each form."""
    made = {form: facts for form, facts in forms.items() if form in SHARE_OF_FORM}
    scale = sum(SHARE_OF_FORM[form] for form in made)
    return [
        half_day
        for form, facts in made.items()
        for half_day in _of_form(form, facts, ceil(organisations * WEEKLY_SHARE * SHARE_OF_FORM[form] / scale))
    ]


def _of_form(form: str, facts: dict[str, Any], sessions: int) -> Iterator[HalfDay]:
    minutes, gap = int(facts["minutes"]), int(facts.get("gap_minutes", 0))
    most = max(1, (HALF_DAY_MINUTES + gap) // (minutes + gap))
    left = max(1, sessions)
    while left > 0:
        today = min(most, left)
        yield HalfDay(form, today * (minutes + gap) - gap)
        left -= today


def week_of(half_days_of_coach: list[HalfDay], first_weekday: int) -> tuple[Stretch, ...]:
    """The half days on weekdays two apart, mornings first; the day after the first stays free, for courses."""
    stretches = []
    for number, half_day in enumerate(half_days_of_coach):
        starts = _STARTS[number % 2] * 60
        ends = starts + half_day.minutes
        weekday = (first_weekday + number // 2 * 2) % 5
        stretches.append(Stretch(weekday, _clock(starts), _clock(ends), half_day.form))
    return tuple(stretches)


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
