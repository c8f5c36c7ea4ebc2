"""The municipalities: what each has done and lacks, and what they add up to."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from services.reporting.domain import states
from services.reporting.domain.money import shared, subsidy
from services.reporting.domain.outcomes import share
from services.reporting.domain.survey import SATISFIED_FROM

Rows = list[dict[str, Any]]
_NO_SEATS = {"seats": 0, "taken": 0, "free": 0}


def municipality_rows(municipalities: Rows, figures: Mapping[str, Rows], money: Mapping[str, Any]) -> Rows:
    """One row for each municipality, and for each code that events name though no list does: nothing goes missing."""
    cases = _grouped(figures["states"], "state")
    seats = {row["municipality"]: row for row in figures["seats"]}
    answers = _grouped(figures["surveys"], "score")
    held = {code: _sum(rows, "form", "sessions") for code, rows in _by_code(figures["sessions"]).items()}
    known = {row["code"]: row for row in municipalities}
    codes = [*known, *sorted((cases.keys() | seats.keys() | answers.keys() | held.keys()) - known.keys())]
    return [
        {
            **_place(code, known.get(code)),
            **_cases(cases.get(code, Counter())),
            **_seats(cases.get(code, Counter()), seats.get(code, _NO_SEATS)),
            **_answers(answers.get(code, Counter())),
            **_money(held.get(code, Counter()), money),
        }
        for code in codes
    ]


def seats_of(places: Rows, until: date) -> dict[str, Any]:
    """Seats of all the municipalities; what one has too many does not help another that has too few."""
    names = ("seats_needed", "seats_free", "seats", "seats_taken", "seats_short")
    return {**{name: sum(place[name] for place in places) for name in names}, "until": until.isoformat()}


def money_of(places: Rows, money: Mapping[str, Any]) -> dict[str, Any]:
    """Subsidies of all the municipalities and the funders' shares of what is paid."""
    paid = sum(place["paid"] for place in places)
    return {
        "currency": money.get("currency"),
        "sessions": sum(place["sessions"] for place in places),
        "earned": sum(place["earned"] for place in places),
        "paid": paid,
        "ceilings_reached": sum(place["ceiling_reached"] for place in places),
        "funders": shared(paid, money.get("funders", [])),
    }


def _place(code: str, municipality: Mapping[str, Any] | None) -> dict[str, Any]:
    names = ("name", "region", "population", "tile_column", "tile_row")
    place = {name: municipality[name] if municipality else None for name in names}
    return {"code": code, **place, "name": place["name"] or code}


def _cases(numbers: "Counter[str]") -> dict[str, Any]:
    return {
        "cases": sum(numbers.values()),
        "states": states.by_state(numbers),
        "groups": states.by_group(numbers),
        "unsettled": states.late(numbers),
        "fulfilled_share": share(numbers[states.FULFILLED], sum(numbers.values())),
    }


def _seats(numbers: "Counter[str]", seats: Mapping[str, int]) -> dict[str, int]:
    needed = numbers[states.WAITING]
    return {
        "seats_needed": needed,
        "seats_free": seats["free"],
        "seats": seats["seats"],
        "seats_taken": seats["taken"],
        "seats_short": max(0, needed - seats["free"]),
    }


def _answers(scores: "Counter[int]") -> dict[str, Any]:
    answered = sum(scores.values())
    satisfied = sum(number for score, number in scores.items() if score >= SATISFIED_FROM)
    return {"answered": answered, "satisfied": satisfied, "satisfied_share": share(satisfied, answered)}


def _money(held: "Counter[str]", money: Mapping[str, Any]) -> dict[str, Any]:
    return subsidy(held, money.get("subsidy_per_session", {}), money.get("ceiling_per_municipality"))


def _by_code(rows: Rows) -> dict[str, Rows]:
    by_code: dict[str, Rows] = {}
    for row in rows:
        by_code.setdefault(row["municipality"], []).append(row)
    return by_code


def _sum(rows: Rows, key: str, number: str) -> "Counter[Any]":
    counter: Counter[Any] = Counter()
    for row in rows:
        counter[row[key]] += row[number]
    return counter


def _grouped(rows: Rows, key: str) -> "dict[str, Counter[Any]]":
    return {code: _sum(theirs, key, "number") for code, theirs in _by_code(rows).items()}
