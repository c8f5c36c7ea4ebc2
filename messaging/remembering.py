"""What is made of rows that hardly ever change, kept in the process for as long as the row is the very same.

PostgreSQL names a version of a row by the transaction that wrote it and the place where it lies. Whoever asks reads that
name in the transaction that needs the row, and so never sees what is older than the row itself would have been.
"""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

Value = TypeVar("Value")

A_MOMENT = 1.0
"""Seconds for which a `ShortMemory` remembers, unless it is told otherwise."""


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


class ShortMemory(Generic[Value]):
    """One value for each key and database, of a moment ago at most: for who may act on what was true then.

    That is a request which might as well have come a moment sooner. It saves asking the database whether the row has changed.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._seconds = seconds
        self._known: WeakKeyDictionary[Engine, dict[Hashable, tuple[float, Value]]] = WeakKeyDictionary()

    def value(self, connection: Connection, key: Hashable, read: Callable[[], Value]) -> Value:
        """What was read a moment ago, else what `read` gives; it is shared, so nobody may change it."""
        known = self._known.setdefault(connection.engine, {})
        kept = known.get(key)
        if kept is None or kept[0] < time.monotonic():
            lasts = A_MOMENT if self._seconds is None else self._seconds
            kept = known[key] = (time.monotonic() + lasts, read())
        return kept[1]

    def forget(self, connection: Connection) -> None:
        """Called by who changes something: this process asks anew. Who asks before the change is committed, and every other
        process, may go on with what was so for a moment.
        """
        self._known.pop(connection.engine, None)
