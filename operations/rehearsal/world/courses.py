"""Which courses coaches open: in the largest municipalities of each region, levels in turn."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, time, timedelta
from math import ceil

from operations.rehearsal.world.libraries import COURSE, Coach
from operations.rehearsal.world.places import Country
from operations.rehearsal.world.programme import Programme

STARTS_AT = time(13, 0)
OPENED_DAYS_AHEAD = 20
WEEKS_BETWEEN = 2
TAKE_TURNS = 4
"""So many municipalities of a region take turns, so that a course is near everybody sooner or later."""

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
    return [
        Course(
            coach=circle[turn % len(circle)],
            day=_on_weekday(first_day + timedelta(days=7 * (number % 2)), circle[turn % len(circle)].course_weekday),
            level=levels[(turn + number) % len(levels)],
        )
        for number, circle in enumerate(_circles(country, everybody, wanted))
        for turn, first_day in enumerate(first_days)
    ]


def _circles(country: Country, everybody: list[Coach], wanted: int) -> list[list[Coach]]:
    """Coaches who take turns: those of each region's largest municipalities, and single ones until there are enough."""
    by_municipality: dict[str, list[Coach]] = defaultdict(list)
    for coach in everybody:
        by_municipality[coach.municipality].append(coach)
    largest = sorted(country.municipalities.values(), key=lambda one: (-one.population, one.code))
    regions: dict[str, list[Coach]] = defaultdict(list)
    for municipality in largest:
        regions[municipality.region].append(by_municipality[municipality.code][0])
    circles = [coaches[:TAKE_TURNS] for coaches in regions.values()]
    busy = {coach.coach_id for circle in circles for coach in circle}
    further = [[coach] for one in largest for coach in by_municipality[one.code] if coach.coach_id not in busy]
    return (circles + further)[: max(len(circles), wanted)]


def _on_weekday(day: date, weekday: int) -> date:
    """The next such weekday from `day` on."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)
