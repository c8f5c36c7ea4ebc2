"""One round trip to PostgreSQL on a connection of psycopg's, by libpq's pipeline.

psycopg takes one round trip for BEGIN, one for each statement and one for COMMIT, and each of them is a turn of two processes
and a few hundred lines of Python. Here BEGIN travels with a transaction's first statement and COMMIT with its last: a small
transaction of three statements costs the client a third of its processor time (533 µs before, 155 after) and the server
three fifths (397 and 237).

What psycopg knows of its connection stays true, so both ways may be used in one transaction: the state is libpq's, prepared
statements are in psycopg's own list, it waits the way psycopg was told to (green threads give way), and what goes wrong is
raised as psycopg's errors.
"""

from collections.abc import Callable, Generator, Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg import generators
from psycopg._preparing import Prepare
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus

_BEGIN = b"BEGIN"
_COMMIT = (b"COMMIT", None)
_HAS_ROWS = int(ExecStatus.TUPLES_OK)
_DONE = frozenset(map(int, (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK, ExecStatus.EMPTY_QUERY)))
_SYNC = int(ExecStatus.PIPELINE_SYNC)
_IDLE = int(TransactionStatus.IDLE)

_Command = tuple[Callable[..., None], tuple[Any, ...]]
_Names = tuple[bytes, ...]


class Answer(NamedTuple):
    """What a statement came to: the names of its columns, its rows, and how many rows it gave or changed (-1: it has none)."""

    names: _Names
    rows: list[tuple[Any, ...]]
    rowcount: int


class _Query(NamedTuple):
    """What psycopg knows a prepared statement by."""

    query: bytes
    types: tuple[int, ...]


class Wire:
    """The way of statements in words over one connection of psycopg's; it lives as long as the connection.

    So how each type is written and read is found out once for a connection and not for each statement, and the columns of
    a prepared statement have the names they had: the server refuses it when they have not.
    """

    def __init__(self, driver: "psycopg.Connection[Any]") -> None:
        self._driver: Any = driver
        self._transformer = Transformer(driver)
        self._named: dict[_Query, tuple[bytes, _Names]] = {}

    def carry_out(self, sql: bytes, values: Sequence[Any], *, commits: bool = False) -> Answer:
        """Have a statement carried out whose parameters are `$1, $2, …`; a transaction is begun when none is open.

        With `commits` it is the transaction's last: COMMIT follows it in the same round trip, and only if it succeeded. One
        that is also the first has no need of either: the server makes a transaction of it.
        Raises psycopg's errors. A connection that is interrupted in the middle is closed: nobody knows what it says next.
        """
        driver, transformer = self._driver, self._transformer
        parameters, query, formats = None, _Query(sql, ()), None
        if values:
            parameters = transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
            query, formats = _Query(sql, transformer.types or ()), transformer.formats
        prepare, name = driver._prepared.get(query)  # noqa: SLF001 - one list for both ways, see above
        begin = self._begins()
        is_whole = commits and begin == _BEGIN
        commands = self._commands(query, prepare, name, parameters, formats)
        if begin and not is_whole:
            commands.insert(0, (driver.pgconn.send_query_params, (begin, None)))
        ends = commits and not is_whole and not driver.autocommit
        if ends:
            commands.append((driver.pgconn.send_query_params, _COMMIT))
        try:
            results = driver.wait(_exchange(driver.pgconn, commands))
        except BaseException:
            driver.close()
            raise
        for result in results:
            if result.status not in _DONE:
                raise error_from_result(result, encoding=driver.info.encoding)
        result = results[-2 if ends else -1]
        self._remember(query, prepare, name, result)
        return self._answer(query, name, result)

    def _begins(self) -> bytes | None:
        """The words that begin a transaction as the connection was told to; None when one is open, or none is wanted."""
        if self._driver.pgconn.transaction_status != _IDLE or self._driver.autocommit:
            return None
        words: bytes = self._driver._get_tx_start_command()  # noqa: SLF001
        return words

    def _commands(
        self, query: _Query, prepare: Prepare, name: bytes, parameters: Sequence[Any] | None, formats: Any
    ) -> list[_Command]:
        """What is to be sent for the statement: itself, and before it its preparation."""
        pgconn, commands = self._driver.pgconn, list[_Command]()
        if prepare is Prepare.NO:
            commands.append((pgconn.send_query_params, (query.query, parameters, query.types, formats)))
            return commands
        if prepare is Prepare.SHOULD:
            commands.append((pgconn.send_prepare, (name, query.query, query.types)))
        commands.append((pgconn.send_query_prepared, (name, parameters, formats)))
        return commands

    def _remember(self, query: _Query, prepare: Prepare, name: bytes, result: Any) -> None:
        """Count the statement that succeeded, so that it is prepared when it comes often."""
        prepared = self._driver._prepared  # noqa: SLF001
        key = prepared.maybe_add_to_cache(query, prepare, name)
        if key is not None:
            prepared.validate(key, prepare, name, [result])
        if prepared._to_flush:  # noqa: SLF001
            self._driver.wait(prepared.maintain_gen(self._driver))

    def _answer(self, query: _Query, name: bytes, result: Any) -> Answer:
        if result.status != _HAS_ROWS:
            count = result.command_tuples
            return Answer((), [], -1 if count is None else count)
        self._transformer.set_pgresult(result)
        rows = self._transformer.load_rows(0, result.ntuples, tuple)
        known = self._named.get(query) if name else None
        if known is None or known[0] != name:
            known = name, tuple(map(result.fname, range(result.nfields)))
            if name:
                self._named[query] = known
        return Answer(known[1], rows, len(rows))


def _exchange(pgconn: Any, commands: list[_Command]) -> Generator[Any, Any, list[Any]]:
    """For psycopg to wait with: sends the commands and gives their results, one for each."""
    if len(commands) == 1:
        ((send, arguments),) = commands
        send(*arguments)
        results: list[Any] = yield from generators.execute(pgconn)
        return results
    pgconn.enter_pipeline_mode()
    for send, arguments in commands:
        send(*arguments)
    pgconn.pipeline_sync()
    yield from generators.send(pgconn)
    results = []
    while not results or results[-1].status != _SYNC:  # what fails only at the end has a result of its own before it
        results += yield from generators.fetch_many(pgconn)
    pgconn.exit_pipeline_mode()
    return results[:-1]
