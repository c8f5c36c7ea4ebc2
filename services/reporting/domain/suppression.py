"""Hiding small cells so that the totals do not tell them.

A count from 1 up to below the threshold is hidden. In every row and column whose total is published the hidden cells are then
none, or at least two that add up to the threshold; and no hidden cell can be worked out from the totals of rows and
columns together. A cell of a two-way table can be worked out exactly when it is a *bridge* of the graph that
has a node for each row and column and an edge for each hidden cell; so cells are added until there is no bridge.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

Cell = tuple[int, int]
Node = tuple[str, int]
Lines = dict[Node, list[Cell]]
Costs = dict[Cell, tuple[int, bool, int, Cell]]
"""What hiding a cell costs, the number itself third: nought is only hidden when there is nothing else."""

_UNTOLD: Node = ("untold", 0)
"""One node for all rows and columns whose total is not published: they tell nothing."""


def hidden_cells(
    table: Sequence[Sequence[int]],
    threshold: int,
    rows: Sequence[bool] = (),
    columns: Sequence[bool] = (),
    *,
    spared: Callable[[Cell], int] = lambda _cell: 0,
) -> set[Cell]:
    """The cells to hide; `rows` and `columns` say whose totals are published (by default, all).

    `spared` tells what readers come for: a cell is only hidden for another's sake when no less spared one is left.
    """
    lines = _lines(table, rows, columns)
    hidden = {cell for cell, number in _cells(table) if is_small(number, threshold)}
    costs = {cell: (spared(cell), number == 0, number, cell) for cell, number in _cells(table)}
    while more := _too_thin(costs, hidden, lines, threshold) or _told_by_totals(costs, hidden, lines):
        hidden |= more
    return hidden


def hidden_in_row(numbers: Sequence[int], threshold: int, *, total_is_published: bool = True) -> set[int]:
    """The same for a single row of numbers with their total."""
    columns = [False] * len(numbers)
    return {column for _, column in hidden_cells([numbers], threshold, [total_is_published], columns)}


def is_small(number: int, threshold: int) -> bool:
    """Whether the count says too much about too few; nought says nothing about anybody."""
    return 0 < number < threshold


def _cells(table: Sequence[Sequence[int]]) -> Iterator[tuple[Cell, int]]:
    for row, numbers in enumerate(table):
        for column, number in enumerate(numbers):
            yield (row, column), number


def _lines(table: Sequence[Sequence[int]], rows: Sequence[bool], columns: Sequence[bool]) -> Lines:
    """The cells of each row and column whose total is published."""
    height, width = len(table), len(table[0]) if table else 0
    told = {("row", row): [(row, column) for column in range(width)] for row in range(height) if not rows or rows[row]}
    for column in range(width):
        if not columns or columns[column]:
            told["column", column] = [(row, column) for row in range(height)]
    return told


def _too_thin(costs: Costs, hidden: set[Cell], lines: Lines, threshold: int) -> set[Cell]:
    """One more cell for each line that hides a single cell, or hides less than the threshold in all."""
    more: set[Cell] = set()
    for cells in lines.values():
        inside = [cell for cell in cells if cell in hidden or cell in more]
        if inside and (len(inside) < 2 or sum(costs[cell][2] for cell in inside) < threshold):
            more |= _cheapest(costs, (cell for cell in cells if cell not in hidden and cell not in more))
    return more


def _told_by_totals(costs: Costs, hidden: set[Cell], lines: Lines) -> set[Cell]:
    """One more cell beside a bridge, if there is a bridge and anything left to hide beside it."""
    for row, column in _bridges(hidden, lines):
        beside = [*lines.get(("row", row), []), *lines.get(("column", column), [])]
        if more := _cheapest(costs, (cell for cell in beside if cell not in hidden)):
            return more
    return set()


def _cheapest(costs: Costs, cells: Iterable[Cell]) -> set[Cell]:
    """The cell that is the least loss to hide."""
    return set(sorted(cells, key=costs.__getitem__)[:1])


def _bridges(hidden: set[Cell], lines: Lines) -> list[Cell]:
    """The hidden cells on no cycle of the graph of rows and columns (Tarjan's bridge finding)."""
    edges: dict[Node, list[tuple[Node, Cell]]] = {}
    for cell in sorted(hidden):
        ends = [node if node in lines else _UNTOLD for node in (("row", cell[0]), ("column", cell[1]))]
        edges.setdefault(ends[0], []).append((ends[1], cell))
        edges.setdefault(ends[1], []).append((ends[0], cell))
    found: list[Cell] = []
    reached: dict[Node, int] = {}
    lowest: dict[Node, int] = {}

    def visit(node: Node, came_by: Cell | None) -> None:
        reached[node] = lowest[node] = len(reached)
        for other, cell in edges[node]:
            if cell == came_by:
                continue
            if other in reached:
                lowest[node] = min(lowest[node], reached[other])
                continue
            visit(other, cell)
            lowest[node] = min(lowest[node], lowest[other])
            if lowest[other] > reached[node]:
                found.append(cell)

    for node in sorted(edges):
        if node not in reached:
            visit(node, None)
    return found
