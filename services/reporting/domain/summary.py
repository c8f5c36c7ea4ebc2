"""The summary: a programme's numbers, of the whole country or of one municipality, made of counted rows.

It is plain JSON, because the same numbers are a page, an answer to a program and a frozen report.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from services.reporting.domain import curve, states
from services.reporting.domain.outcomes import booking_outcomes, message_outcomes, satisfaction, topic_gains
from services.reporting.domain.places import money_of, municipality_rows, seats_of
from services.reporting.domain.programme import Programme

Rows = list[dict[str, Any]]
Summary = dict[str, Any]

DEFINITIONS = {
    "late": "cases neither fulfilled nor exempt once the deadline has passed",
    "seats_needed": "cases on the waiting list",
    "seats_foreseen": (
        "seats that cases not yet heard from will want by the target: what the model still expects, times the share of "
        "registered cases that have wanted a seat so far"
    ),
    "seats_free": "seats not taken from today up to and including the day in `until`",
    "seats_short": (
        "seats needed beyond those free, added up over the municipalities; those whose number is hidden are left out, and it "
        "is at least so many (`seats_short_is_least`)"
    ),
    "no_show_share": "missed among attended and missed bookings",
    "satisfied": "survey answers of 4 or 5 on a scale of five",
    "expected": "registrations by 1/(days left + 5 days), scaled to the days that are over",
    "paid": "subsidies for sessions held, up to each municipality's ceiling, in minor units of the currency",
}
"""What the numbers mean; frozen with every report."""

_DAYS_AHEAD = 120
"""How far ahead the days are listed at most: years of empty days would hide those that have something to tell."""


def summarise(
    programme: Programme,
    municipalities: Rows,
    figures: Mapping[str, Rows],
    today: date,
    municipality: str | None = None,
) -> Summary:
    """Everything that is known, small cells and all."""
    cases = _numbers(figures["states"], "state")
    places = municipality_rows(municipalities, figures, programme.money)
    answers = _pairs(figures["surveys"], "score", "first_visit")
    bookings = booking_outcomes(figures["bookings"], programme.forms)
    registrations = _registrations(programme, figures, today)
    is_over = programme.deadline is not None and today > programme.deadline
    return {
        "programme": _programme(programme),
        "municipality": municipality,
        "counted": _counted(programme, figures["positions"], today),
        "cases": {
            "total": sum(cases.values()),
            "states": states.by_state(cases),
            "groups": states.by_group(cases),
            "late": states.late(cases) if is_over else None,
            "lost_addresses": sum(row["number"] for row in figures["lost_addresses"]),
        },
        "registrations": registrations,
        "seats": {
            **seats_of(places, programme.seats_until(today)),
            "seats_foreseen": None if today >= programme.target else _foreseen(registrations, figures["wanting"]),
        },
        "seat_weeks": figures["seat_weeks"],
        "waits": figures["waits"],
        "bookings": bookings,
        "topics": topic_gains(figures["topics"], programme.topics),
        "messages": message_outcomes(figures["messages"], figures["withheld"], figures["message_days"]),
        "surveys": satisfaction(answers, bookings["total"].get("attended", 0)),
        "money": money_of(places, programme.money),
        "municipalities": places,
    }


def _programme(programme: Programme) -> dict[str, Any]:
    return {
        "programme_id": programme.programme_id,
        "names": programme.names,
        "country": programme.country,
        "time_zone": programme.time_zone,
        "starts_on": programme.starts_on.isoformat(),
        "ends_on": programme.ends_on.isoformat(),
        "deadline": programme.deadline.isoformat() if programme.deadline else None,
        "suppress_below": programme.suppress_below,
    }


def _counted(programme: Programme, positions: Rows, today: date) -> dict[str, Any]:
    return {
        "day": today.isoformat(),
        "target": programme.target.isoformat(),
        "days_left": (programme.target - today).days,
        "positions": {row["producer"]: row["position"] for row in positions},
        "newest_at": max((row["newest_at"] for row in positions if row["newest_at"]), default=None),
    }


def _registrations(programme: Programme, figures: Mapping[str, Rows], today: date) -> dict[str, Any]:
    registered = {date.fromisoformat(row["day"]): row["number"] for row in figures["registrations"]}
    fulfilled = {date.fromisoformat(row["day"]): row["number"] for row in figures["fulfilments"]}
    model = curve.fit(registered, programme.starts_on, programme.target, today)
    expected = model.expected if model else {}
    first = min([programme.starts_on, *registered, *fulfilled])
    ahead = min(programme.target - timedelta(days=1), today + timedelta(days=_DAYS_AHEAD))
    last = max(min(today, programme.ends_on), ahead, *registered, *fulfilled, first)
    return {
        "total": sum(registered.values()),
        "days": [
            {
                "day": day.isoformat(),
                "registered": registered.get(day, 0),
                "fulfilled": fulfilled.get(day, 0),
                "expected": round(expected[day], 1) if day in expected else None,
            }
            for day in curve.days_between(first, last)
        ],
        "delta": curve.DELTA_DAYS,
        "fitted_delta": model.fitted_delta if model else None,
        "expected_total": round(model.expected_total) if model else None,
    }


def _foreseen(registrations: Mapping[str, Any], wanting: Rows) -> int | None:
    """The seats that cases still to come will want; None while there is no model."""
    registered, expected = int(registrations["total"]), registrations["expected_total"]
    if not registered or expected is None:
        return None
    share = min(1.0, sum(int(row["number"]) for row in wanting) / registered)
    return round(max(0, int(expected) - registered) * share)


def _numbers(rows: Rows, key: str) -> dict[str, int]:
    numbers: dict[str, int] = defaultdict(int)
    for row in rows:
        numbers[row[key]] += row["number"]
    return dict(numbers)


def _pairs(rows: Iterable[Mapping[str, Any]], *keys: str) -> dict[tuple[Any, ...], int]:
    numbers: dict[tuple[Any, ...], int] = defaultdict(int)
    for row in rows:
        numbers[tuple(row[key] for key in keys)] += row["number"]
    return dict(numbers)
