"""A SQLAlchemy connection that has SQL in words carried out by the driver itself.

SQLAlchemy makes up anew what the result of such a statement looks like each time: for one value that costs as much again as
the driver, for a row of twenty columns three times as much (110 µs here against 180, 114 against 306). Here the words are
made ready once, and so are the names of the columns. All else stays SQLAlchemy's: transactions, the pool, errors, rows, and
every statement that is not just words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from psycopg.pq import ExecStatus
from sqlalchemy import Connection, Engine, TextClause, create_engine
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData


class Rows(IteratorResult[Any]):
    """What a statement in words came to."""

    rowcount = -1


@dataclass(slots=True)
class _Ready:
    """A statement as the driver takes it; `processors` are those of parameters with a type of their own."""

    sql: str
    processors: Mapping[str, Callable[[Any], Any]]
    known: tuple[tuple[bytes, ...], SimpleResultMetaData] = ((), SimpleResultMetaData(()))
    """The names of the last result's columns, and what was made of them: one pair, for threads share it."""

    def values(self, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self.processors:
            return parameters
        return {**parameters, **{name: process(parameters[name]) for name, process in self.processors.items()}}

    def rows(self, cursor: Any) -> Rows:
        result, known = cursor.pgresult, self.known
        has_rows = result.status == ExecStatus.TUPLES_OK
        names = tuple(map(result.fname, range(result.nfields)))
        if names != known[0]:  # the first time, or a table has changed
            known = self.known = (names, SimpleResultMetaData([column.name for column in cursor.description]))
        rows = Rows(known[1], iter(cursor.fetchall() if has_rows else ()))
        rows.rowcount = cursor.rowcount
        return rows


_ready: WeakKeyDictionary[TextClause, _Ready | None] = WeakKeyDictionary()


class PlainConnection(Connection):
    """Made by the engines of `plain_engine`."""

    def execute(self, statement: Any, parameters: Any = None, *, execution_options: Any = None) -> Any:
        """As SQLAlchemy's; it does it itself unless a transaction is open, nobody listens, and the statement is plain words.

        Two columns of one name are not told apart: the last is the one that is found by it.
        """
        if (
            type(statement) is TextClause
            and not execution_options
            and (parameters is None or type(parameters) is dict)
            and self.in_transaction()
            and not self.in_nested_transaction()
            and not statement.get_execution_options()
            and "stream_results" not in self.get_execution_options()
            and not (self._has_events or self.engine._has_events)  # noqa: SLF001 - as SQLAlchemy asks
            and (ready := _made_ready(statement, self.dialect))
        ):
            return self._carry_out(ready, parameters or {})
        return super().execute(statement, parameters, execution_options=execution_options)

    def _carry_out(self, ready: _Ready, parameters: Mapping[str, Any]) -> Rows:
        cursor = values = None
        driver = self.connection
        try:
            values = ready.values(parameters)
            cursor = driver.cursor()
            cursor.execute(ready.sql, values)
            return ready.rows(cursor)
        except BaseException as error:  # noqa: BLE001 - SQLAlchemy says what it means for the connection, and raises
            self._handle_dbapi_exception(error, ready.sql, values, cursor, None)


def _made_ready(statement: TextClause, dialect: Dialect) -> _Ready | None:
    """None for a statement that is worded anew for its values."""
    if statement not in _ready:
        compiled: Any = statement.compile(dialect=dialect)
        is_plain = not any(bind.expanding or bind.value is not None for bind in compiled.binds.values())
        _ready[statement] = _Ready(compiled.string, dict(compiled._bind_processors)) if is_plain else None  # noqa: SLF001
    return _ready[statement]


def plain_engine(url: str, **options: Any) -> Engine:
    """`create_engine`, with plain connections."""
    engine = create_engine(url, **options)
    engine._connection_cls = PlainConnection  # noqa: SLF001 - what Engine.connect makes; SQLAlchemy has no option for it
    return engine
