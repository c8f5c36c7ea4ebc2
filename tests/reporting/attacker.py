"""What somebody can work out who knows some sums of hidden numbers."""

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar

Cell = TypeVar("Cell", bound=Hashable)


def worked_out(sums: Sequence[Mapping[Cell, int]]) -> set[Cell]:
    """The cells that known sums settle: each sum says how often it counts a hidden cell (Gauss and Jordan's elimination)."""
    unknown = list(dict.fromkeys(cell for each in sums for cell in each))
    rows = [[Fraction(each.get(cell, 0)) for cell in unknown] for each in sums]
    rank = 0
    for column in range(len(unknown)):
        pivot = next((row for row in range(rank, len(rows)) if rows[row][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        rows[rank] = [value / rows[rank][column] for value in rows[rank]]
        for row in range(len(rows)):
            if row != rank and rows[row][column]:
                factor = rows[row][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[rank], strict=True)]
        rank += 1
    return {unknown[row.index(Fraction(1))] for row in rows if sum(value != 0 for value in row) == 1}


def settled(told: Mapping[str, Any], sums: Sequence[Mapping[str, int]]) -> set[str]:
    """The same, where numbers have names, and those that are told (not None) are known."""
    return worked_out([{name: factor for name, factor in each.items() if told[name] is None} for each in sums])
