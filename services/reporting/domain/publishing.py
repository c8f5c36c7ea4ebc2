"""What may be told to everybody: the summary with its small cells hidden (None), so that no total gives them back."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.reporting.domain.outcomes import BOOKING_STATES, OUTCOMES, share
from services.reporting.domain.places_published import published_places
from services.reporting.domain.states import EXEMPT, FULFILLED, GROUPS, WAITING
from services.reporting.domain.summary import Summary
from services.reporting.domain.suppression import hidden_cells, hidden_in_row, is_small
from services.reporting.domain.survey import SATISFIED_FROM

Numbers = dict[str, int | None]


def publish(summary: Summary) -> Summary:
    """The national summary as outsiders see it; hidden numbers are None."""
    threshold = summary["programme"]["suppress_below"]
    cases = _cases(summary["cases"], threshold)
    places = published_places(summary["municipalities"], cases["groups"], threshold)
    return {
        **summary,
        "cases": cases,
        "registrations": _registrations(summary["registrations"], threshold),
        "seats": _seats(summary["seats"], cases["states"][WAITING], places),
        "seat_weeks": [
            {"week": week["week"], "form": week["form"], "free": week["free"]} for week in summary["seat_weeks"]
        ],
        "waits": _waits(summary["waits"], cases["states"][WAITING], threshold),
        "bookings": _bookings(summary["bookings"], threshold),
        "topics": [_topic(topic, threshold) for topic in summary["topics"]],
        "messages": _messages(summary["messages"], threshold),
        "surveys": _surveys(summary["surveys"], threshold),
        "money": None if is_small(summary["money"]["sessions"], threshold) else summary["money"],
        "municipalities": places,
    }


def row_of(numbers: Mapping[str, int], threshold: int, *, total_is_published: bool = True) -> Numbers:
    """Named numbers with the ones to hide as None."""
    hidden = hidden_in_row(list(numbers.values()), threshold, total_is_published=total_is_published)
    return {name: None if place in hidden else number for place, (name, number) in enumerate(numbers.items())}


def nested_row(
    numbers: Mapping[str, int], groups: Mapping[str, Sequence[str]], threshold: int
) -> tuple[Numbers, Numbers]:
    """The groups' totals and the numbers inside them: a group that is hidden hides all its numbers."""
    totals = row_of({group: sum(numbers[name] for name in names) for group, names in groups.items()}, threshold)
    inside: Numbers = {}
    for group, names in groups.items():
        row = row_of({name: numbers[name] for name in names}, threshold)
        inside |= dict.fromkeys(names) if totals[group] is None else totals_kept(row, names, totals[group])
    return totals, {name: inside[name] for name in numbers}


def totals_kept(row: Numbers, names: Sequence[str], total: int | None) -> Numbers:
    """A group of one number is that number: its total tells it anyway."""
    return {names[0]: total} if len(names) == 1 else row


def rows_of(
    table: Mapping[str, Mapping[str, int]], totals: Mapping[str, int | None], threshold: int
) -> dict[str, Numbers]:
    """A table of named rows whose columns' totals are published where `totals` has them."""
    names, columns = list(table), list(totals)
    cells = [[table[name].get(column, 0) for column in columns] for name in names]
    hidden = hidden_cells(cells, threshold, [False] * len(names), [totals[column] is not None for column in columns])
    hidden |= {
        (row, place) for row in range(len(names)) for place, column in enumerate(columns) if totals[column] is None
    }
    return {
        name: {column: None if (row, place) in hidden else cells[row][place] for place, column in enumerate(columns)}
        for row, name in enumerate(names)
    }


def _cases(cases: Mapping[str, Any], threshold: int) -> dict[str, Any]:
    if is_small(cases["total"], threshold):
        nothing = {"groups": dict.fromkeys(GROUPS), "states": dict.fromkeys(cases["states"])}
        return {**nothing, "total": None, "late": None, "lost_addresses": None}
    groups, states = nested_row(cases["states"], GROUPS, threshold)
    late_is_told = states[FULFILLED] is not None and states[EXEMPT] is not None
    return {
        "total": cases["total"],
        "states": states,
        "groups": groups,
        "late": cases["late"] if late_is_told else None,
        "lost_addresses": None if is_small(cases["lost_addresses"], threshold) else cases["lost_addresses"],
    }


def _registrations(registrations: Mapping[str, Any], threshold: int) -> dict[str, Any]:
    days = registrations["days"]
    hidden = {name: hidden_in_row([day[name] for day in days], threshold) for name in ("registered", "fulfilled")}
    shown = [
        {**day, **{name: None if place in hidden[name] else day[name] for name in hidden}}
        for place, day in enumerate(days)
    ]
    total = None if is_small(registrations["total"], threshold) else registrations["total"]
    return {**registrations, "total": total, "days": shown}


def _seats(seats: Mapping[str, Any], waiting: int | None, places: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    short = sum(place["seats_short"] for place in places if place["seats_short"] is not None)
    return {
        "seats_needed": waiting,
        "seats_free": seats["seats_free"],
        "seats_short": None if waiting is None else short,
        "seats_foreseen": seats.get("seats_foreseen"),
        "until": seats["until"],
    }


def _waits(waits: Sequence[Mapping[str, Any]], waiting: int | None, threshold: int) -> list[dict[str, Any]]:
    shown = row_of({row["reason"]: row["number"] for row in waits}, threshold, total_is_published=waiting is not None)
    return [{"reason": reason, "number": number} for reason, number in shown.items()]


def _bookings(bookings: Mapping[str, Any], threshold: int) -> dict[str, Any]:
    total = row_of({state: bookings["total"][state] for state in BOOKING_STATES}, threshold, total_is_published=False)
    missed, attended = total["missed"], total["attended"]
    is_told = missed is not None and attended is not None
    return {
        "forms": rows_of(bookings["forms"], total, threshold),
        "total": total,
        "no_show_share": bookings["no_show_share"] if is_told else None,
    }


def _topic(topic: Mapping[str, Any], threshold: int) -> dict[str, Any]:
    if is_small(topic["sessions"], threshold):
        return {**topic, "sessions": None, "achieved": None, "before": None, "after": None}
    parts = row_of({"achieved": topic["achieved"], "not": topic["sessions"] - topic["achieved"]}, threshold)
    return {**topic, "achieved": parts["achieved"]}


def _messages(messages: Mapping[str, Any], threshold: int) -> dict[str, Any]:
    total = row_of({name: messages["total"].get(name, 0) for name in OUTCOMES}, threshold, total_is_published=False)
    reasons = row_of({f"{row['outcome']} {row['reason']}": row["number"] for row in messages["reasons"]}, threshold)
    return {
        "total": total,
        "channels": rows_of(messages["channels"], total, threshold),
        "purposes": rows_of(messages["purposes"], total, threshold),
        "reasons": [{**row, "number": reasons[f"{row['outcome']} {row['reason']}"]} for row in messages["reasons"]],
        "days": [],
    }


def _surveys(surveys: Mapping[str, Any], threshold: int) -> dict[str, Any]:
    if is_small(surveys["answered"], threshold):
        nothing = dict.fromkeys(("answered", "satisfied", "satisfied_share", "first_visits"))
        return {**nothing, "invited": None, "scores": dict.fromkeys(surveys["scores"])}
    groups = {
        "satisfied": [score for score in surveys["scores"] if int(score) >= SATISFIED_FROM],
        "other": [score for score in surveys["scores"] if int(score) < SATISFIED_FROM],
    }
    totals, scores = nested_row(surveys["scores"], groups, threshold)
    first = row_of({"yes": surveys["first_visits"], "no": surveys["answered"] - surveys["first_visits"]}, threshold)
    return {
        "invited": surveys["invited"] if not is_small(surveys["invited"], threshold) else None,
        "answered": surveys["answered"],
        "satisfied": totals["satisfied"],
        "satisfied_share": None if totals["satisfied"] is None else share(totals["satisfied"], surveys["answered"]),
        "scores": scores,
        "first_visits": first["yes"],
    }
