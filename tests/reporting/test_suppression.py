"""Small cells are hidden so that no total gives them back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.publishing import nested_row, row_of
from services.reporting.domain.suppression import hidden_cells, hidden_in_row
from tests.reporting.attacker import worked_out

THRESHOLD = 5
tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.one_of(st.integers(0, 7), st.integers(0, 200)), min_size=width, max_size=width),
        min_size=1,
        max_size=7,
    )
)


def can_be_worked_out(table: list[list[int]], hidden: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Solve the totals of rows and columns for the hidden cells, as an attacker would."""
    unknown = sorted(hidden)
    lines = [
        [cell for cell in unknown if cell[axis] == at]
        for axis, size in ((0, len(table)), (1, len(table[0])))
        for at in range(size)
    ]
    return worked_out([dict.fromkeys(line, 1) for line in lines])


@given(table=tables)
def test_no_small_cell_is_shown(table: list[list[int]]) -> None:
    hidden = hidden_cells(table, THRESHOLD)

    small = {(r, c) for r, numbers in enumerate(table) for c, number in enumerate(numbers) if 0 < number < THRESHOLD}
    assert small <= hidden


@given(table=tables)
def test_totals_give_no_small_cell_back(table: list[list[int]]) -> None:
    hidden = hidden_cells(table, THRESHOLD)

    told = can_be_worked_out(table, hidden)
    everything = len(table) * len(table[0])
    assert not told or len(hidden) == everything or all(_nothing_left_beside(table, hidden, cell) for cell in told)


def _nothing_left_beside(table: list[list[int]], hidden: set[tuple[int, int]], cell: tuple[int, int]) -> bool:
    """A table so narrow that a whole row and column are hidden: then its totals are small, and hidden by the caller."""
    row = all((cell[0], column) in hidden for column in range(len(table[0])))
    return row and all((each, cell[1]) in hidden for each in range(len(table)))


@given(table=tables)
def test_what_a_line_hides_adds_up_to_the_threshold(table: list[list[int]]) -> None:
    hidden = hidden_cells(table, THRESHOLD)

    for row, numbers in enumerate(table):
        inside = [number for column, number in enumerate(numbers) if (row, column) in hidden]
        assert not inside or sum(inside) >= THRESHOLD or len(inside) == len(numbers)


@pytest.mark.parametrize(
    ("numbers", "hidden"),
    [
        ([1, 10, 20], {0, 1}),
        ([0, 10, 20], set()),
        ([2, 2, 90], {0, 1, 2}),
        ([4, 4, 90], {0, 1}),
        ([3, 0, 9], {0, 2, 1}),
    ],
)
def test_a_row_with_its_total(numbers: list[int], hidden: set[int]) -> None:
    assert hidden_in_row(numbers, THRESHOLD) >= {place for place in hidden if numbers[place]}


def test_a_row_whose_total_is_not_told_hides_the_small_alone() -> None:
    assert row_of({"sent": 900, "failed": 2}, THRESHOLD, total_is_published=False) == {"sent": 900, "failed": None}


def test_what_readers_come_for_is_spared() -> None:
    table = [[40, 3, 9, 60], [50, 2, 8, 70], [30, 9, 7, 50]]

    assert hidden_cells(table, THRESHOLD, spared=lambda cell: cell[1] < 2) == {(0, 1), (0, 2), (1, 1), (1, 2)}


def test_a_hidden_group_hides_all_its_numbers() -> None:
    totals, inside = nested_row(
        {"a": 3, "b": 40, "c": 6, "d": 2}, {"first": ["a"], "second": ["b"], "third": ["c", "d"]}, 5
    )

    assert totals == {"first": None, "second": 40, "third": None}
    assert inside == {"a": None, "b": 40, "c": None, "d": None}
