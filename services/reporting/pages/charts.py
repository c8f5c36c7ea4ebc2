"""Geometry for the pictures: numbers become places and sizes, which the templates draw as SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import ceil, floor, log10
from typing import Any

STATE_ORDER = (
    "fulfilled",
    "helped",
    "booked",
    "waiting",
    "assessed",
    "registered",
    "obliged",
    "exempt",
    "withdrawn",
    "unreachable",
)
"""From done to not begun; then those who left."""

GROUP_ORDER = ("fulfilled", "under_way", "waiting", "not_heard_from")


_MOST_MONTHS = 8
_ROOM_BEFORE_NEXT = 20
"""A first day later in its month than this stands too close to the next month's name."""


@dataclass(frozen=True)
class Segment:
    """A piece of a stacked bar: where it starts and how wide it is, in percent."""

    name: str
    number: int | None
    start: float
    width: float


def stacked(numbers: Mapping[str, int | None], total: int | None, order: Sequence[str]) -> list[Segment]:
    """The pieces of a bar in order; what is hidden stands together at the end as `hidden`."""
    if not total:
        return []
    shown = {name: numbers[name] or 0 for name in order if name in numbers}
    rest = total - sum(shown.values())
    pieces, start = [], 0.0
    for name, number in [*shown.items(), ("hidden", rest)]:
        width = 100 * number / total
        if number > 0:
            pieces.append(Segment(name, number if name != "hidden" else None, round(start, 3), round(width, 3)))
        start += width
    return pieces


@dataclass(frozen=True)
class Tick:
    """A line of the grid: its value and its distance from the top in percent."""

    value: int
    top: float


def ticks(highest: float, wanted: int = 4) -> list[Tick]:
    """Round values from nought to at least the highest."""
    if highest <= 0:
        return [Tick(0, 100), Tick(1, 0)]
    rough = max(highest / wanted, 1)
    power = 10 ** floor(log10(rough))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough)
    top = ceil(highest / step) * step
    return [Tick(int(value), round(100 - 100 * value / top, 3)) for value in range(0, int(top) + 1, int(step))]


@dataclass(frozen=True)
class DayCurve:
    """Registrations by day: bars one unit wide and 100 high at most, with lines over them, broken where a day is hidden."""

    days: list[dict[str, Any]]
    ticks: list[Tick]
    bars: list[dict[str, Any]]
    model: list[str]
    fulfilled: list[str]
    has_hidden: bool
    months: list[dict[str, Any]]
    target: float | None
    today: float | None


def day_curve(days: Sequence[Mapping[str, Any]], target: date, today: date) -> DayCurve | None:
    """The picture of registrations by day, None when there is no day to show."""
    if not days:
        return None
    highest = max(max(day[name] or 0 for name in ("registered", "fulfilled", "expected")) for day in days)
    scale = ticks(highest)
    top = scale[-1].value
    dates = [date.fromisoformat(day["day"]) for day in days]
    bars = [
        {**day, "x": at + 0.1, "height": _height(day["registered"], top), "date": dates[at]}
        for at, day in enumerate(days)
    ]
    return DayCurve(
        days=[{**day, "date": dates[at]} for at, day in enumerate(days)],
        ticks=scale,
        bars=bars,
        model=_lines([day["expected"] for day in days], top),
        fulfilled=_lines([day["fulfilled"] for at, day in enumerate(days) if dates[at] <= today], top),
        has_hidden=any(day[name] is None for day in days for name in ("registered", "fulfilled")),
        months=_months(dates),
        target=_percent(target, dates),
        today=_percent(today, dates),
    )


def _height(number: float | None, top: float) -> float:
    return round(100 * (number or 0) / top, 2)


def _lines(values: Sequence[float | None], top: float) -> list[str]:
    """A line for each run of days that have a value; a day by itself is a dash as wide as its bar."""
    runs = [list(run) for is_told, run in groupby(enumerate(values), lambda day: day[1] is not None) if is_told]
    return [" ".join(f"{x},{round(100 - _height(value, top), 2)}" for x, value in _points(run)) for run in runs]


def _points(run: Sequence[tuple[int, float | None]]) -> list[tuple[float, float | None]]:
    if len(run) == 1:
        return [(run[0][0] + 0.1, run[0][1]), (run[0][0] + 0.9, run[0][1])]
    return [(at + 0.5, value) for at, value in run]


def _months(dates: Sequence[date]) -> list[dict[str, Any]]:
    """The first days of months, as many as there is room for; the year stands beside January's."""
    firsts = [at for at, day in enumerate(dates) if day.day == 1 or (at == 0 and day.day <= _ROOM_BEFORE_NEXT)]
    step = ceil(len(firsts) / _MOST_MONTHS) or 1
    return [
        {"date": dates[at], "percent": round(100 * at / len(dates), 3), "with_year": dates[at].month == 1}
        for at in firsts[::step]
    ]


def _percent(day: date, dates: Sequence[date]) -> float | None:
    place = (day - dates[0]).days
    return round(100 * place / len(dates), 3) if 0 <= place <= len(dates) else None
