"""A SQLAlchemy connection that has SQL in words carried out by the driver itself.

SQLAlchemy makes up anew what the result of such a statement looks like each time: for one value that costs as much again as
the driver, for a row of twenty columns three times as much (110 µs here against 180, 114 against 306). Here the words are
made ready once, and so are the names of the columns; and BEGIN and COMMIT go with the first statement and the last
(`messaging.wire`). All else stays SQLAlchemy's: transactions, the pool, errors, rows, and every statement that is not just
words.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, TextClause, create_engine
from sqlalchemy.dialects.postgresql import psycopg as dialect
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData

from messaging.wire import Answer, Wire

_NUMBERED = dialect.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
"""Words as the server takes them, with `$1` for the first value."""

_WIRE = "frist.wire"
"""Where SQLAlchemy keeps what goes with a connection of the driver's."""


class Rows(IteratorResult[Any]):
    """What a statement in words came to."""

    rowcount = -1


@dataclass(slots=True)
class _Ready:
    """A statement as the server takes it, the names of its values in their order, and the processors of those with a type."""

    sql: bytes
    order: Sequence[str]
    processors: Mapping[str, Callable[[Any], Any]]
    known: tuple[tuple[bytes, ...], SimpleResultMetaData, Any] = ((), SimpleResultMetaData(()), None)
    """The names of the last result's columns, and what was made of them: in one piece, for threads share it."""

    def values(self, parameters: Mapping[str, Any]) -> list[Any]:
        given = parameters
        try:
            if self.processors:
                given = {**given, **{name: process(given[name]) for name, process in self.processors.items()}}
            return [given[name] for name in self.order]
        except KeyError as missing:
            raise psycopg.ProgrammingError(f"query parameter missing: {missing.args[0]}") from None

    def rows(self, answer: Answer) -> Rows:
        known = self.known
        if answer.names != known[0]:  # the first time, or a table has changed
            metadata = SimpleResultMetaData([name.decode() for name in answer.names])
            known = self.known = (answer.names, metadata, Rows(metadata, iter(()))._row_getter)  # noqa: SLF001
        _, metadata, make_row = known
        rows = Rows(metadata, iter(answer.rows))
        if make_row:
            rows._set_memoized_attribute("_row_getter", make_row)  # noqa: SLF001 - else each result makes its own
        rows.rowcount = answer.rowcount
        return rows


_ready: WeakKeyDictionary[TextClause, _Ready | None] = WeakKeyDictionary()


class PlainConnection(Connection):
    """Made by the engines of `plain_engine`."""

    def execute(self, statement: Any, parameters: Any = None, *, execution_options: Any = None) -> Any:
        """As SQLAlchemy's; it does it itself unless a transaction is open, nobody listens, and the statement is plain words.

        Two columns of one name are not told apart: the last is the one that is found by it.
        """
        if not execution_options and (ready := self._short_way(statement, parameters)):
            return self._carry_out(ready, parameters or {})
        return super().execute(statement, parameters, execution_options=execution_options)

    def execute_last(self, statement: TextClause, parameters: dict[str, Any]) -> None:
        """Have the last statement of the transaction carried out, and its COMMIT with it where it is plain words.

        The transaction's own commit follows all the same, and then has nothing to do.
        """
        if ready := self._short_way(statement, parameters):
            self._carry_out(ready, parameters, commits=True)
        else:
            super().execute(statement, parameters)

    def _short_way(self, statement: Any, parameters: Any) -> _Ready | None:
        """The statement made ready, or None for what SQLAlchemy has to do itself."""
        if (
            type(statement) is TextClause
            and (parameters is None or type(parameters) is dict)
            and self.in_transaction()
            and not self.in_nested_transaction()
            and not statement.get_execution_options()
            and "stream_results" not in self.get_execution_options()
            and not (self._has_events or self.engine._has_events)  # noqa: SLF001 - as SQLAlchemy asks
        ):
            return _made_ready(statement)
        return None

    def _carry_out(self, ready: _Ready, parameters: Mapping[str, Any], *, commits: bool = False) -> Rows:
        values, proxied = None, self.connection
        way: Wire | None = proxied.info.get(_WIRE)
        if way is None:
            driver: Any = proxied.dbapi_connection
            way = proxied.info[_WIRE] = Wire(driver)
        try:
            values = ready.values(parameters)
            return ready.rows(way.carry_out(ready.sql, values, commits=commits))
        except BaseException as error:  # noqa: BLE001 - SQLAlchemy says what it means for the connection, and raises
            self._handle_dbapi_exception(error, ready.sql.decode(), values, None, None)


def _made_ready(statement: TextClause) -> _Ready | None:
    """None for a statement that is worded anew for its values."""
    if statement not in _ready:
        compiled: Any = statement.compile(dialect=_NUMBERED)
        is_plain = not any(bind.expanding or bind.value is not None for bind in compiled.binds.values())
        processors = dict(compiled._bind_processors)  # noqa: SLF001
        _ready[statement] = (
            _Ready(compiled.string.encode(), compiled.positiontup or (), processors) if is_plain else None
        )
    return _ready[statement]


def _commit(driver: Any) -> None:
    """Unless COMMIT has gone along with the last statement: psycopg finds that out as well, by a longer way."""
    if driver.pgconn.transaction_status != TransactionStatus.IDLE:
        driver.commit()


def _rollback(driver: Any) -> None:
    """Also asked for whenever a connection goes back to the pool."""
    if driver.pgconn.transaction_status != TransactionStatus.IDLE:
        driver.rollback()


def plain_engine(url: str, **options: Any) -> Engine:
    """`create_engine`, with plain connections."""
    engine = create_engine(url, **options)
    engine._connection_cls = PlainConnection  # noqa: SLF001 - what Engine.connect makes; SQLAlchemy has no option for it
    engine.dialect.do_commit = _commit  # type: ignore[method-assign, assignment]
    engine.dialect.do_rollback = _rollback  # type: ignore[method-assign, assignment]
    return engine
