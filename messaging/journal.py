"""Rows that are written and not read again by their transaction: they wait for the commit and are stored with one statement.

An outbox, a history and a log of accesses are only ever added to; what others tell of a case is kept in its newest version.
Neither need travel one by one, and a round trip to the database costs more than the row: in a worker the rows of a whole
batch are one statement, though each event has had a handler of its own.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, Table, TextClause, text
from sqlalchemy.dialects import postgresql

from messaging import bell, tables
from messaging.connection import PlainConnection

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]

_Names = tuple[str, ...]
_By = _Names | None
"""By which columns the newest version of a row wins: none of them, and what is there stays; None, and the row is added."""
_Shape = tuple[tuple[Table, _Names, _By], ...]
"""Which tables are written, which of their columns, and how."""


class Journal:
    """The rows of one transaction; the kernel stores them at its end."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._rows: dict[Table, list[Mapping[str, Any]]] = {}
        self._kept: dict[tuple[Table, _Names], dict[tuple[Any, ...], Mapping[str, Any]]] = {}

    def add(self, table: Table, row: Mapping[str, Any]) -> None:
        """Keep a row for the table; all rows for one table name the same columns, in the same order."""
        self._rows.setdefault(table, []).append(row)

    def keep(self, table: Table, row: Mapping[str, Any], by: tuple[str, ...] = ("sequence",)) -> None:
        """Keep a row unless a version of it that is as new, by those columns, is there; the primary key says which row it is.

        By no columns a row that is there stays whatever it says, and it is stored before all that is added.
        """
        rows = self._kept.setdefault((table, by), {})
        key = _values(row, _key_of(table))
        if key not in rows or _values(rows[key], by) < _values(row, by):
            rows[key] = row

    def make_readable(self, table: Table) -> None:
        """Store what waits if some of it is for this table: whoever reads one that is written by a journal asks first."""
        if table in self._rows or any(kept is table for kept, _ in self._kept):
            self.flush()

    def flush(self, *, commits: bool = False) -> None:
        """Store what waits: added rows in their order, kept ones in the order of their keys, so that no two wait for each other.

        With `commits` nothing follows in the transaction, and its COMMIT may go along.
        """
        waiting: list[tuple[Table, _By, list[Mapping[str, Any]]]]
        waiting = [(table, None, rows) for table, rows in self._rows.items()]
        waiting += [(table, by, [rows[key] for key in sorted(rows)]) for (table, by), rows in self._kept.items()]
        waiting.sort(key=lambda each: each[1] != ())
        self._rows, self._kept = {}, {}
        if waiting:
            shape = tuple((table, tuple(rows[0]), by) for table, by, rows in waiting)
            values = {_parameter(table, by): _as_json(rows) for table, by, rows in waiting}
            if commits and isinstance(self.connection, PlainConnection):
                self.connection.execute_last(_storing(shape), values)
            else:
                self.connection.execute(_storing(shape), values)


def _as_json(rows: list[Mapping[str, Any]]) -> str:
    return orjson.dumps(rows, _as_text, orjson.OPT_NON_STR_KEYS).decode()  # a column's name is more than a str


def _as_text(value: object) -> str:
    """What JSON has no form for, as PostgreSQL reads it: bytes are written in hexadecimal."""
    return rf"\x{value.hex()}" if isinstance(value, bytes) else str(value)


@cache
def _key_of(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)


def _values(row: Mapping[str, Any], names: _Names) -> tuple[Any, ...]:
    return tuple([row[name] for name in names])


def _parameter(table: Table, by: _By) -> str:
    return "_".join((table.name, *(by or ()))) if by != () else f"{table.name}_unless_there"


@cache
def _storing(shape: _Shape) -> TextClause:
    firsts = [number for number, (_, _, by) in enumerate(shape) if by == ()]
    *others, last = (_insertion(table, names, by, firsts) for table, names, by in shape)
    if any(table is tables.outbox for table, _, _ in shape):
        others, last = [*others, last], bell.RING
    beside = ", ".join(f"stored_{number} AS ({insertion})" for number, insertion in enumerate(others))
    return text(f"WITH {beside} {last}" if others else last)


def _insertion(table: Table, names: _Names, by: _By, firsts: Sequence[int]) -> str:
    """One parameter for any number of rows: arrays of text cost the driver four times as much.

    What is added waits until the statements numbered in `firsts` are through, so that all take their locks in one order.
    """
    typed = ", ".join(f"{name} {table.c[name].type.compile(_DIALECT)}" for name in names)
    rows = f"json_to_recordset(CAST(:{_parameter(table, by)} AS json)) AS added ({typed})"
    insertion = f"INSERT INTO {table.name} AS known ({', '.join(names)}) SELECT added.* FROM {rows}"
    if by is None:
        return insertion + "".join(f", (SELECT count(*) FROM stored_{number}) AS first_{number}" for number in firsts)
    if not by:
        return f"{insertion} ON CONFLICT DO NOTHING RETURNING 1"
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in _key_of(table))
    older, newer = (", ".join(f"{row}.{name}" for name in by) for row in ("known", "excluded"))
    return f"{insertion} ON CONFLICT ({', '.join(_key_of(table))}) DO UPDATE SET {changes} WHERE ({older}) < ({newer})"
