"""What is made of rows that hardly ever change, kept in the process for as long as the row is the very same.

PostgreSQL names a version of a row by the transaction that wrote it and the place where it lies. Whoever asks reads that
name in the transaction that needs the row, and so never sees what is older than the row itself would have been.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

Value = TypeVar("Value")


def row_version(table: str) -> str:
    """SQL for the name of a row's version: another one after every UPDATE, also after one that changes nothing."""
    return f"CAST({table}.xmin AS text) || CAST({table}.ctid AS text)"


def table_version(table: str) -> str:
    """SQL for the name of a small table's version: another one whenever a row of it is."""
    return f"(SELECT string_agg({row_version(table)}, ' ' ORDER BY {row_version(table)}) FROM {table})"


class RowMemory(Generic[Value]):
    """One value for each key and database: of the version that was asked for last."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Engine, dict[Hashable, tuple[str, Value]]] = WeakKeyDictionary()

    def value(self, connection: Connection, key: Hashable, version: str, read: Callable[[], Value]) -> Value:
        """What is known of this version, else what `read` gives; it is shared, so nobody may change it."""
        known = self._known.setdefault(connection.engine, {})
        kept = known.get(key)
        if kept is None or kept[0] != version:
            kept = known[key] = (version, read())
        return kept[1]
