"""Rows that are only ever added, to any tables: they wait for the commit and are stored with one statement.

An outbox, a history and a log of accesses have this in common: the transaction that writes them does not read them
again. So they need not travel one by one, and a round trip to the database costs more than the row.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, TextClause, text
from sqlalchemy.dialects import postgresql

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]

_Shape = tuple[tuple[Table, tuple[str, ...]], ...]
"""Which tables are written, and which of their columns."""


class Journal:
    """The rows of one transaction; the kernel stores them at its end."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._rows: dict[Table, list[Mapping[str, Any]]] = {}

    def add(self, table: Table, row: Mapping[str, Any]) -> None:
        """Keep a row for the table; all rows for one table name the same columns, in the same order."""
        self._rows.setdefault(table, []).append(row)

    def make_readable(self, table: Table) -> None:
        """Store what waits if some of it is for this table: whoever reads one that is written by a journal asks first."""
        if table in self._rows:
            self.flush()

    def flush(self) -> None:
        """Store what waits, each table's rows in the order they were added."""
        waiting, self._rows = self._rows, {}
        if waiting:
            shape = tuple((table, tuple(rows[0])) for table, rows in waiting.items())
            values = {table.name: _JSON.encode(rows) for table, rows in waiting.items()}
            self.connection.execute(_storing(shape), values)


def _as_text(value: object) -> str:
    """As PostgreSQL reads it: bytes in hexadecimal, an instant or an id as it is written everywhere."""
    return rf"\x{value.hex()}" if isinstance(value, bytes) else str(value)


_JSON = json.JSONEncoder(ensure_ascii=False, default=_as_text)


@cache
def _storing(shape: _Shape) -> TextClause:
    *others, last = (_insertion(table, names) for table, names in shape)
    beside = ", ".join(f"stored_{number} AS ({insertion})" for number, insertion in enumerate(others))
    return text(f"WITH {beside} {last}" if others else last)


def _insertion(table: Table, names: tuple[str, ...]) -> str:
    """One parameter for any number of rows: arrays of text cost the driver four times as much."""
    typed = ", ".join(f"{name} {table.c[name].type.compile(_DIALECT)}" for name in names)
    rows = f"json_to_recordset(CAST(:{table.name} AS json)) AS added ({typed})"
    return f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM {rows}"
