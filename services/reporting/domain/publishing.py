"""What may be told to everybody: the summary with its small cells hidden (None), so that no total gives them back."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from services.reporting.domain.outcomes import BOOKING_STATES, OUTCOMES, share
from services.reporting.domain.places_published import published_places
from services.reporting.domain.states import BOOKED, EXEMPT, FULFILLED, GROUPS, OBLIGED, UNREACHABLE, WAITING
from services.reporting.domain.summary import Summary
from services.reporting.domain.suppression import hidden_cells, hidden_in_row, is_small
from services.reporting.domain.survey import SATISFIED_FROM

Numbers = dict[str, int | None]

_AS_MANY_AS_ELSEWHERE = ("registration_receipt", "booking_confirmed", "survey_invitation")
"""Purposes that have a message for each registration, each booking and each visit, whose numbers are published too."""


def publish(summary: Summary) -> Summary:
    """The national summary as outsiders see it; hidden numbers are None."""
    threshold = summary["programme"]["suppress_below"]
    groups, places = published_places(summary["municipalities"], summary["cases"]["groups"], threshold)
    cases = _cases(summary["cases"], groups, threshold)
    states = cases["states"]
    unheard = _ended_unheard(summary["cases"], summary["registrations"])
    registrations = _registrations(summary["registrations"], states, unheard, summary["counted"]["day"], threshold)
    bookings = _bookings(summary["bookings"], states[BOOKED], threshold)
    return {
        **summary,
        "cases": cases,
        "registrations": registrations,
        "seats": _seats(summary["seats"], states[WAITING], registrations, bookings, places),
        "seat_weeks": [
            {"week": week["week"], "form": week["form"], "free": week["free"]} for week in summary["seat_weeks"]
        ],
        "waits": _waits(summary["waits"], states[WAITING], threshold),
        "bookings": bookings,
        "topics": [_topic(topic, threshold) for topic in summary["topics"]],
        "messages": _messages(summary["messages"], registrations, bookings, threshold),
        "surveys": _surveys(summary["surveys"], threshold),
        "money": _money(summary["money"], bookings, threshold),
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
    return totals, inside_of(numbers, groups, totals, threshold)


def inside_of(
    numbers: Mapping[str, int], groups: Mapping[str, Sequence[str]], totals: Numbers, threshold: int
) -> Numbers:
    """The numbers inside groups whose published totals are known."""
    inside: Numbers = {}
    for group, names in groups.items():
        row = row_of({name: numbers[name] for name in names}, threshold)
        inside |= dict.fromkeys(names) if totals[group] is None else totals_kept(row, names, totals[group])
    return {name: inside[name] for name in numbers}


def totals_kept(row: Numbers, names: Sequence[str], total: int | None) -> Numbers:
    """A group of one number is that number: its total tells it anyway."""
    return {names[0]: total} if len(names) == 1 else row


def rows_of(
    table: Mapping[str, Mapping[str, int]],
    totals: Mapping[str, int | None],
    threshold: int,
    spared: Collection[str] = (),
) -> dict[str, Numbers]:
    """A table of named rows whose columns' totals are published where `totals` has them.

    The `spared` rows, which another table tells too, hide nothing for another row's sake while anything else is left.
    """
    names, columns = list(table), list(totals)
    cells = [[table[name].get(column, 0) for column in columns] for name in names]
    told = [totals[column] is not None for column in columns]
    hidden = hidden_cells(
        cells, threshold, [False] * len(names), told, spared=lambda cell: int(names[cell[0]] in spared)
    )
    hidden |= {
        (row, place) for row in range(len(names)) for place, column in enumerate(columns) if totals[column] is None
    }
    return {
        name: {column: None if (row, place) in hidden else cells[row][place] for place, column in enumerate(columns)}
        for row, name in enumerate(names)
    }


def _cases(cases: Mapping[str, Any], groups: Numbers, threshold: int) -> dict[str, Any]:
    if is_small(cases["total"], threshold):
        nothing = {"groups": dict.fromkeys(GROUPS), "states": dict.fromkeys(cases["states"])}
        return {**nothing, "total": None, "late": None, "lost_addresses": None}
    states = inside_of(cases["states"], GROUPS, groups, threshold)
    hides_lost = states[UNREACHABLE] is None or is_small(
        cases["lost_addresses"], threshold
    )  # who lost one is unreachable
    late_is_told = states[FULFILLED] is not None and states[EXEMPT] is not None
    return {
        "total": cases["total"],
        "states": states,
        "groups": groups,
        "late": cases["late"] if late_is_told else None,
        "lost_addresses": None if hides_lost else cases["lost_addresses"],
    }


def _ended_unheard(cases: Mapping[str, Any], registrations: Mapping[str, Any]) -> int:
    """How many ended without ever registering: what all cases are more than those that registered and the obliged."""
    return int(cases["total"] - cases["states"][OBLIGED] - registrations["total"])


def _registrations(
    registrations: Mapping[str, Any], states: Numbers, unheard: int, today: str, threshold: int
) -> dict[str, Any]:
    """Who registered, who is not heard from yet and who never was are all cases: a small one hides the total.

    The model hides with what it tells.
    """
    days = registrations["days"]
    gives_away = any(is_small(number, threshold) for number in (unheard, registrations["total"]))
    total = None if states[OBLIGED] is None or gives_away else registrations["total"]
    registered = _days(days, "registered", threshold, total_is_told=total is not None)
    fulfilled = _days(days, "fulfilled", threshold, total_is_told=states[FULFILLED] is not None)
    shown = [
        {**day, "registered": one, "fulfilled": other}
        for day, one, other in zip(days, registered, fulfilled, strict=True)
    ]
    if total is None or any(day["registered"] is None and not _is_fitted(day, today) for day in shown):
        nothing = dict.fromkeys(("fitted_delta", "expected_total"))
        registrations, shown = {**registrations, **nothing}, [{**day, "expected": None} for day in shown]
    return {**registrations, "total": total, "days": shown}


def _days(days: Sequence[Mapping[str, Any]], name: str, threshold: int, *, total_is_told: bool) -> list[int | None]:
    """A number of each day; a total that is hidden hides them all, for they would give it back."""
    numbers = [day[name] for day in days]
    hidden = hidden_in_row(numbers, threshold) if total_is_told else range(len(days))
    return [None if place in hidden else number for place, number in enumerate(numbers)]


def _is_fitted(day: Mapping[str, Any], today: str) -> bool:
    """Whether the model is scaled to the day: it tells what all such days add up to, and by the total what the others do."""
    return day["expected"] is not None and bool(day["day"] < today)


def _seats(
    seats: Mapping[str, Any],
    waiting: int | None,
    registrations: Mapping[str, Any],
    bookings: Mapping[str, Any],
    places: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Short are at least those of the municipalities that are told.

    What is foreseen tells how many have wanted a seat so far: those who wait and those with a booking of some kind.
    """
    short = [place["seats_short"] for place in places]
    wanting_is_told = waiting is not None and None not in bookings["total"].values()
    return {
        "seats_needed": waiting,
        "seats_free": seats["seats_free"],
        "seats_short": None if waiting is None else sum(number for number in short if number is not None),
        "seats_short_is_least": None in short,
        "seats_foreseen": seats.get("seats_foreseen")
        if wanting_is_told and registrations["expected_total"] is not None
        else None,
        "until": seats["until"],
    }


def _waits(waits: Sequence[Mapping[str, Any]], waiting: int | None, threshold: int) -> list[dict[str, Any]]:
    """Those who wait, by reason; while their total is hidden, all of it."""
    shown = row_of({row["reason"]: row["number"] for row in waits}, threshold)
    return [{"reason": reason, "number": None if waiting is None else number} for reason, number in shown.items()]


def _bookings(bookings: Mapping[str, Any], booked: int | None, threshold: int) -> dict[str, Any]:
    """Bookings by form; those to come are the cases that have a seat, and are hidden with them."""
    total = row_of({state: bookings["total"][state] for state in BOOKING_STATES}, threshold, total_is_published=False)
    total = {**total, "booked": None} if booked is None else total
    missed, attended = total["missed"], total["attended"]
    is_told = missed is not None and attended is not None
    return {
        "forms": rows_of(bookings["forms"], total, threshold),
        "total": total,
        "no_show_share": bookings["no_show_share"] if is_told else None,
    }


def _money(money: Mapping[str, Any], bookings: Mapping[str, Any], threshold: int) -> dict[str, Any] | None:
    """Subsidies: with the tariff the amounts tell how many sessions of each form were held, so they are hidden with those."""
    if is_small(money["sessions"], threshold):
        return None
    if all(form["attended"] is not None for form in bookings["forms"].values()):
        return dict(money)
    funders = [{**funder, "amount": None} for funder in money["funders"]]
    return {**money, "earned": None, "paid": None, "funders": funders}


def _topic(topic: Mapping[str, Any], threshold: int) -> dict[str, Any]:
    if is_small(topic["sessions"], threshold):
        return {**topic, "sessions": None, "achieved": None, "before": None, "after": None}
    parts = row_of({"achieved": topic["achieved"], "not": topic["sessions"] - topic["achieved"]}, threshold)
    return {**topic, "achieved": parts["achieved"]}


def _messages(
    messages: Mapping[str, Any], registrations: Mapping[str, Any], bookings: Mapping[str, Any], threshold: int
) -> dict[str, Any]:
    """What was sent and what was not; what for, only while the numbers of registrations and bookings are all told."""
    total = row_of({name: messages["total"].get(name, 0) for name in OUTCOMES}, threshold, total_is_published=False)
    purposes = rows_of(messages["purposes"], total, threshold, spared=_AS_MANY_AS_ELSEWHERE)
    if registrations["total"] is None or None in bookings["total"].values():
        purposes = {purpose: dict.fromkeys(row) for purpose, row in purposes.items()}
    reasons = {row["outcome"]: _reasons(messages["reasons"], row["outcome"], threshold) for row in messages["reasons"]}
    return {
        "total": total,
        "channels": rows_of(messages["channels"], total, threshold),
        "purposes": purposes,
        "reasons": [{**row, "number": reasons[row["outcome"]][row["reason"]]} for row in messages["reasons"]],
        "days": [],
    }


def _reasons(rows: Sequence[Mapping[str, Any]], outcome: str, threshold: int) -> Numbers:
    """Why messages came to one outcome, whose total is published."""
    return row_of({row["reason"]: row["number"] for row in rows if row["outcome"] == outcome}, threshold)


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
