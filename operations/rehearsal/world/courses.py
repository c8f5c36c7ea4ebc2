"""Which courses coaches open: in the largest municipality of each region, levels in turn, more where more expect one."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import cycle
from math import ceil

from operations.rehearsal.world.libraries import COURSE, Coach
from operations.rehearsal.world.places import Country
from operations.rehearsal.world.programme import Programme

STARTS_AT = time(13, 0)
OPENED_DAYS_AHEAD = 20
WEEKS_BETWEEN = 2
SEATS_SHARE = 0.10
"""The part of the organisations that courses are opened for (assumption)."""


@dataclass(frozen=True)
class Course:
    """A course that a coach opens some weeks ahead."""

    coach: Coach
    day: date
    level: str

    @property
    def opened_on(self) -> date:
        """The day on which the coach opens it."""
        return self.day - timedelta(days=OPENED_DAYS_AHEAD)


def courses(programme: Programme, country: Country, everybody: list[Coach], count: int) -> list[Course]:
    """All courses of the replayed days; none in a programme without that form."""
    if COURSE not in programme.forms:
        return []
    seats = int(programme.forms[COURSE].get("seats", 1))
    levels = list(programme.forms[COURSE].get("levels", ["beginner"]))
    first_days = programme.days[:: 7 * WEEKS_BETWEEN]
    wanted = ceil(count * SEATS_SHARE / seats / len(first_days))
    teachers = _teachers(country, everybody, wanted)
    return [
        Course(coach, _on_weekday(first_day + timedelta(days=7 * (number % 2)), coach.course_weekday), level)
        for number, coach in enumerate(teachers)
        for first_day, level in zip(first_days, cycle(levels[number % len(levels) :] + levels[: number % len(levels)]))
    ]


def _teachers(country: Country, everybody: list[Coach], wanted: int) -> list[Coach]:
    """One coach for each region, and further ones in the largest municipalities until there are enough."""
    by_municipality: dict[str, list[Coach]] = defaultdict(list)
    for coach in everybody:
        by_municipality[coach.municipality].append(coach)
    largest = sorted(country.municipalities.values(), key=lambda one: (-one.population, one.code))
    regions: dict[str, str] = {}
    for municipality in largest:
        regions.setdefault(municipality.region, municipality.code)
    first = [by_municipality[code][0] for code in regions.values()]
    further = [coach for one in largest for coach in by_municipality[one.code] if coach not in first]
    return (first + further)[: max(len(first), wanted)]


def _on_weekday(day: date, weekday: int) -> date:
    """The next such weekday from `day` on."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)
