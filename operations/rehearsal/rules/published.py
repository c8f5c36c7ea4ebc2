"""Rule 10: what is published hides small cells, and no sum of what is published gives them back.

The numbers are counted anew from the rows of cases, bookings and answers; nothing is shared with how reporting counts and hides.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from operations.rehearsal.rules.rule import AcrossRule, Databases, Row, Rule

Cell = tuple[str, ...]
"""A number by its name: `("cases", "dk-0101", "waiting")`; an empty place is the country, an empty kind all kinds together."""

Sum = dict[Cell, int]
"""What adds up to nothing: the whole counts -1, its parts 1."""

GROUPS = {
    "not_heard_from": ("obliged",),
    "under_way": ("registered", "assessed", "booked", "helped", "exempt", "withdrawn", "unreachable"),
    "waiting": ("waiting",),
    "fulfilled": ("fulfilled",),
}
"""The states of the domain as they are published of a municipality."""


@dataclass(frozen=True)
class Told:
    """A number as a source gives it to everybody; None where it is hidden."""

    source: str
    cell: Cell
    number: int | None


def published_rules(definition: Mapping[str, Any], told: Sequence[Told]) -> tuple[Rule, ...]:
    """The rules about what everybody is told of a programme."""
    threshold = int(definition["suppress_below"])
    parameters = {"programme": definition["programme_id"], "zone": definition["time_zone"]}

    def checked(find: Callable[["Counter[Cell]"], Iterable[Row]]) -> Callable[[Databases], list[Row]]:
        return lambda databases: list(find(counted(databases, parameters))) if told else []

    return (
        AcrossRule("What is published is what is there.", checked(lambda numbers: _wrong(told, numbers))),
        AcrossRule(
            "No number is published that counts from 1 to below the threshold (rule 10).",
            checked(lambda numbers: _small(told, numbers, threshold)),
        ),
        AcrossRule(
            "No small number can be worked out from what is published (rule 10).",
            checked(lambda numbers: _given_back(told, numbers, threshold)),
        ),
    )


def _wrong(told: Sequence[Told], numbers: "Counter[Cell]") -> Iterable[Row]:
    for each in told:
        if each.number is not None and each.number != numbers[each.cell]:
            yield {"source": each.source, "what": each.cell, "published": each.number, "counted": numbers[each.cell]}


def _small(told: Sequence[Told], numbers: "Counter[Cell]", threshold: int) -> Iterable[Row]:
    for each in told:
        if each.number is not None and (0 < each.number < threshold or 0 < numbers[each.cell] < threshold):
            yield {"source": each.source, "what": each.cell, "published": each.number}


def _given_back(told: Sequence[Told], numbers: "Counter[Cell]", threshold: int) -> Iterable[Row]:
    known = {each.cell for each in told if each.number is not None}
    hidden = ({cell: factor for cell, factor in each.items() if cell not in known} for each in sums_of(numbers, told))
    for cell in sorted(worked_out(hidden)):
        if 0 < numbers[cell] < threshold:
            yield {"what": cell, "counted": numbers[cell]}


def counted(databases: Databases, parameters: Mapping[str, Any]) -> "Counter[Cell]":
    """Every number that may be published, from the rows themselves."""
    return Counter(
        {
            tuple(row["cell"]): row["number"]
            for service, query in _COUNTS
            for row in databases.rows(service, query, parameters)
        }
    )


def sums_of(numbers: Mapping[Cell, int], told: Sequence[Told]) -> list[Sum]:
    """What everybody knows to add up, of all numbers that there are or that are told of."""
    cells = {*numbers, *(each.cell for each in told)}
    parts: dict[tuple[Cell, int], set[Cell]] = {}
    for cell in cells:
        for place in range(1, len(cell)):
            if cell[place]:
                whole = (*cell[:place], "", *cell[place + 1 :])
                parts.setdefault((whole, place), set()).add(cell)
    added = [_adding_up(whole, *sorted(theirs)) for (whole, _), theirs in sorted(parts.items())]
    return [
        *added,
        *(_adding_up(("cases", "", kind), *(("state", state) for state in states)) for kind, states in GROUPS.items()),
        _adding_up(("state", ""), ("registered", ""), ("state", "obliged")),
        _adding_up(("state", "fulfilled"), ("fulfilled", "")),
    ]


def _adding_up(whole: Cell, *parts: Cell) -> Sum:
    return {whole: -1, **dict.fromkeys(parts, 1)}


def worked_out(sums: Iterable[Mapping[Cell, int]]) -> set[Cell]:
    """The cells that the sums settle, however many it takes: Gauss and Jordan's elimination."""
    settled: dict[Cell, dict[Cell, Fraction | int]] = {}
    for each in sums:
        row: dict[Cell, Fraction | int] = dict(each)
        for cell in [cell for cell in row if cell in settled]:
            _take_away(row, settled[cell], cell)
        if not row:
            continue
        pivot = next(iter(row))
        factor = row[pivot] if abs(row[pivot]) == 1 else 1 / Fraction(row[pivot])
        row = {cell: value * factor for cell, value in row.items()}
        for other in settled.values():
            _take_away(other, row, pivot)
        settled[pivot] = row
    return {pivot for pivot, row in settled.items() if len(row) == 1}


def _take_away(row: dict[Cell, Fraction | int], other: Mapping[Cell, Fraction | int], pivot: Cell) -> None:
    """Take so much of the other sum, in which the pivot counts once, that the pivot is gone."""
    factor = row.get(pivot, 0)
    if not factor:
        return
    for cell, value in other.items():
        left = row.get(cell, 0) - factor * value
        if left:
            row[cell] = left
        else:
            row.pop(cell, None)


_STATES = """
    SELECT ARRAY['state', coalesce(state, '')] AS cell, count(*) AS number FROM cases WHERE programme_id = %(programme)s
    GROUP BY CUBE (state)
"""
_CASES = """
    SELECT ARRAY['cases', coalesce(municipality, ''), coalesce(kind, '')] AS cell, count(*) AS number
    FROM (SELECT municipality, CASE state WHEN 'obliged' THEN 'not_heard_from' WHEN 'waiting' THEN state
                 WHEN 'fulfilled' THEN state ELSE 'under_way' END AS kind
          FROM cases WHERE programme_id = %(programme)s) grouped
    GROUP BY CUBE (municipality, kind)
"""
_DAYS = """
    SELECT ARRAY[what, coalesce(day::text, '')] AS cell, count(*) AS number
    FROM (SELECT what, (happened_at AT TIME ZONE %(zone)s)::date AS day
          FROM cases CROSS JOIN LATERAL (
              VALUES ('registered', registered_at), ('fulfilled', fulfilled_at)) AS its (what, happened_at)
          WHERE programme_id = %(programme)s AND happened_at IS NOT NULL) happened
    GROUP BY what, CUBE (day)
"""
_BOOKINGS = """
    SELECT ARRAY['bookings', coalesce(form, ''), coalesce(kind, '')] AS cell, count(*) AS number
    FROM (SELECT form, CASE b.state WHEN 'no_show' THEN 'missed' WHEN 'held' THEN 'booked' ELSE b.state END AS kind
          FROM bookings b JOIN sessions USING (session_id) WHERE b.programme_id = %(programme)s) of_form
    GROUP BY CUBE (form, kind)
"""
_ANSWERS = """
    SELECT ARRAY['answers', coalesce(municipality, ''), coalesce(kind, '')] AS cell, count(*) AS number
    FROM (SELECT municipality, CASE WHEN score >= 4 THEN 'satisfied' ELSE 'other' END AS kind
          FROM survey_answers WHERE programme_id = %(programme)s) scored
    GROUP BY CUBE (municipality, kind)
"""
_COUNTS = (
    ("registration", _STATES),
    ("registration", _CASES),
    ("reporting", _DAYS),
    ("scheduling", _BOOKINGS),
    ("reporting", _ANSWERS),
)
"""Cells and their numbers, with every total."""
