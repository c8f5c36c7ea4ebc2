"""The table of municipalities as outsiders see it: broad groups, small cells hidden along with enough others."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.reporting.domain.outcomes import share
from services.reporting.domain.states import FULFILLED, GROUPS, WAITING
from services.reporting.domain.suppression import Cell, hidden_cells, hidden_in_row

Place = dict[str, Any]

_OPEN = ("code", "name", "region", "population", "tile_column", "tile_row", "seats_free")
"""What says nothing about any organisation."""

_ON_MAPS = (FULFILLED, WAITING)


def published_places(
    places: Sequence[Place], national: Mapping[str, int], threshold: int
) -> tuple[dict[str, int | None], list[Place]]:
    """The country's cases by group, then each municipality's with seats and satisfaction; hidden numbers are None.

    The country is a row of the same table: what is hidden in it is not to be had by adding the municipalities up.
    """
    hidden_totals = hidden_in_row([place["cases"] for place in places], threshold)
    groups = [[place["groups"][group] for group in GROUPS] for place in places] + [
        [national[group] for group in GROUPS]
    ]
    rows = [number not in hidden_totals for number in range(len(places))]
    hidden = hidden_cells(groups, threshold, [*rows, True], spared=lambda cell: _spared(cell, len(places)))
    told = {group: None if (len(places), column) in hidden else national[group] for column, group in enumerate(GROUPS)}
    answers = [[place["satisfied"], place["answered"] - place["satisfied"]] for place in places]
    hidden_answers = {row for row, _ in hidden_cells(answers, threshold)}
    return told, [
        {
            **{name: place[name] for name in _OPEN},
            **_groups(place, {column for row, column in hidden if row == number}, total_is_told=rows[number]),
            **_answers(place, is_told=number not in hidden_answers),
        }
        for number, place in enumerate(places)
    ]


def _spared(cell: Cell, country: int) -> int:
    """The maps' numbers are hidden for another's sake only when nothing else is left to hide, the country's last of all."""
    row, column = cell
    return 2 if row == country else int(list(GROUPS)[column] in _ON_MAPS)


def _groups(place: Place, hidden: set[int], *, total_is_told: bool) -> dict[str, Any]:
    groups = {
        group: None if column in hidden or not total_is_told else place["groups"][group]
        for column, group in enumerate(GROUPS)
    }
    waiting, fulfilled = groups[WAITING], groups[FULFILLED]
    return {
        "cases": place["cases"] if total_is_told else None,
        "groups": groups,
        "fulfilled_share": None if fulfilled is None else share(fulfilled, place["cases"]),
        "seats_needed": waiting,
        "seats_short": None if waiting is None else place["seats_short"],
    }


def _answers(place: Place, *, is_told: bool) -> dict[str, Any]:
    names = ("answered", "satisfied", "satisfied_share")
    return {name: place[name] if is_told else None for name in names}
