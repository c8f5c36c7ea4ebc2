"""Bulk upserts: one statement puts a whole batch of rows into a table, however the events were ordered.

The rows travel as one JSON parameter and are read back with the table's own row type.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    FromClause,
    Table,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import Insert, insert

from messaging.journal import Journal

Row = Mapping[str, Any]

ORDER = ("sequence", "position")
"""The columns that say which of two rows about the same thing is the later one, as far as a table has them."""


def keep_latest(journal: Journal, table: Table, rows: Iterable[Row]) -> None:
    """Put the rows in at the commit; where a row is there already, the later one stays."""
    names, order = _names_of(table), order_of(table)
    for row in rows:
        journal.keep(table, {name: row.get(name) for name in names}, order)


def merge_new(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Put in the rows that are not there yet."""
    run(connection, insert_rows(table).on_conflict_do_nothing(), rows)


def run(connection: Connection, statement: Insert, rows: Sequence[Row]) -> None:
    """Run an `insert_rows` statement for the rows, if there are any."""
    if rows:
        connection.execute(statement, {"rows": json.dumps([dict(row) for row in rows], default=str)})


def insert_rows(table: Table) -> Insert:
    """`INSERT INTO table SELECT … FROM` the JSON parameter `rows`; a key a row lacks is null."""
    names = [column.name for column in table.columns]
    source = rows_of(table)
    return insert(table).from_select(names, select(*(source.c[name] for name in names)))


def rows_of(table: Table) -> FromClause:
    """The JSON parameter `rows`, read with the table's row type."""
    parameter = cast(bindparam("rows", type_=Text), JSON)
    populated = func.json_populate_recordset(literal_column(f"NULL::{table.name}"), parameter)
    return populated.table_valued(*(column.name for column in table.columns)).alias("arriving")


@cache
def order_of(table: Table) -> tuple[str, ...]:
    """Those of the columns that say which row is the later one that a table has."""
    return tuple(name for name in ORDER if name in table.columns)


@cache
def _names_of(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)


def is_later(table: Table, statement: Insert) -> "ColumnElement[bool]":
    """Whether the arriving row is later than the row that is there."""
    order = order_of(table)
    return tuple_(*(statement.excluded[name] for name in order)) > tuple_(*(table.columns[name] for name in order))


def latest_of(rows: Sequence[Row], *keys: str) -> list[Row]:
    """The latest row for each key: one statement may not touch a row twice."""
    latest: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = tuple(row[name] for name in keys)
        if key not in latest or _order(row) > _order(latest[key]):
            latest[key] = row
    return list(latest.values())


def _order(row: Row) -> tuple[int, ...]:
    return tuple(row[name] for name in ORDER if name in row)
