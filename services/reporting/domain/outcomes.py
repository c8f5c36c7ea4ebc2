"""What came of it: bookings, what was learnt, messages and satisfaction."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from services.reporting.domain.survey import SATISFIED_FROM, SCORES

Rows = list[dict[str, Any]]

BOOKING_STATES = ("booked", "attended", "missed", "cancelled")
OUTCOMES = ("sent", "withheld", "failed")
CHANNELS = ("email", "sms", "letter")
HIGHEST_LEVEL = 3


def booking_outcomes(rows: Rows, forms: Iterable[str]) -> dict[str, Any]:
    """Bookings by help form and what became of them."""
    numbers: Counter[tuple[str, str]] = Counter()
    for row in rows:
        numbers[row["form"], row["state"]] += row["number"]
    known = list(dict.fromkeys([*forms, *(form for form, _ in sorted(numbers))]))
    by_form = {form: {state: numbers[form, state] for state in BOOKING_STATES} for form in known}
    total = {state: sum(by_form[form][state] for form in known) for state in BOOKING_STATES}
    return {
        "forms": by_form,
        "total": total,
        "no_show_share": share(total["missed"], total["missed"] + total["attended"]),
    }


def topic_gains(rows: Rows, names: Mapping[str, Mapping[str, str]]) -> Rows:
    """What each topic gained: mean levels (0-3) before and after, as coaches confirmed them."""
    counted = {row["topic"]: row for row in rows}
    topics = list(dict.fromkeys([*names, *sorted(counted)]))
    return [_gain(topic, names.get(topic, {}), counted.get(topic)) for topic in topics]


def _gain(topic: str, names: Mapping[str, str], row: Mapping[str, Any] | None) -> dict[str, Any]:
    sessions = row["sessions"] if row else 0
    return {
        "topic": topic,
        "names": dict(names),
        "sessions": sessions,
        "achieved": row["achieved"] if row else 0,
        "before": round(row["before"] / sessions, 2) if row and sessions else None,
        "after": round(row["after"] / sessions, 2) if row and sessions else None,
    }


def message_outcomes(rows: Rows, withheld: Rows, days: Rows) -> dict[str, Any]:
    """Messages by what they were for, by channel and by day, and why some were not sent."""
    return {
        "total": {outcome: sum(row["number"] for row in rows if row["outcome"] == outcome) for outcome in OUTCOMES},
        "channels": _tally(rows, "channel"),
        "purposes": _tally(rows, "purpose"),
        "reasons": withheld,
        "days": days,
    }


def _tally(rows: Rows, key: str) -> dict[str, dict[str, int]]:
    tallied: dict[str, dict[str, int]] = {}
    for row in rows:
        outcomes = tallied.setdefault(row[key], dict.fromkeys(OUTCOMES, 0))
        outcomes[row["outcome"]] = outcomes.get(row["outcome"], 0) + row["number"]
    return tallied


def satisfaction(answers: Mapping[tuple[int, bool], int], invited: int) -> dict[str, Any]:
    """What was answered: `answers` counts by score and by whether it was the first visit."""
    scores = {str(score): answers.get((score, True), 0) + answers.get((score, False), 0) for score in SCORES}
    answered = sum(scores.values())
    satisfied = sum(number for score, number in scores.items() if int(score) >= SATISFIED_FROM)
    return {
        "invited": invited,
        "answered": answered,
        "satisfied": satisfied,
        "satisfied_share": share(satisfied, answered),
        "scores": scores,
        "first_visits": sum(number for (_, first_visit), number in answers.items() if first_visit),
    }


def share(part: int, whole: int) -> float | None:
    """The part of the whole, to four decimals; None of nothing."""
    return round(part / whole, 4) if whole else None
