"""The way to the real PostgreSQL: psycopg, stopping before each round trip, and losing connections when told to.

A lost connection is lost for the code under test only. Its session on the server is rolled back and used again, which
is what a server does with the sessions of a dead client, a thousand times faster.
"""

import select
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import psycopg
from greenlet import getcurrent
from psycopg import pq
from psycopg._preparing import PrepareManager
from psycopg.pq import TransactionStatus

from messaging.wire import Answer, Wire
from tests.simulation.actors import Actor, Stage, Verdict

LOCKED_AFTER_MS = 3
"""An answer that takes longer is asked about: does it wait for a lock?"""

MARKING = "SET published_at"
"""What the statement says by which a relay marks events: they are looked at right after it."""

COMMIT = "COMMIT"

READY = 3
"""To read and to write, as psycopg's generators are told it."""

DEAD = pq.PGconn.connect_start(b"host=127.0.0.1 port=1")
DEAD.finish()


class Session:
    """A session on the server."""

    def __init__(self, server: "Server") -> None:
        self.server = server
        self._plain = psycopg.connect(server.url, autocommit=True)
        self.pgconn = self._plain.pgconn
        self.prepared = PrepareManager()
        self.prepared.prepare_threshold = 1
        self.may_hold_locks = False
        self._poll = select.poll()
        self._poll.register(self.pgconn.socket, select.POLLIN)

    def has_answer(self, milliseconds: int = 0) -> bool:
        """Whether the server has said something."""
        return bool(self._poll.poll(milliseconds))

    def waits_for_lock(self) -> bool:
        """Whether another session holds what the running statement needs; waits until it is one or the other."""
        while not self.has_answer(1):
            if self.server.is_blocked(self.pgconn.backend_pid):
                return True
        return False

    def clear(self) -> None:
        """What the server does when the client is gone."""
        if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
            self.pgconn.get_cancel().cancel()
            self._read_to_the_end()
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            self.pgconn.exec_(b"ROLLBACK")
        if self.may_hold_locks:
            self.pgconn.exec_(b"SELECT pg_advisory_unlock_all()")
            self.may_hold_locks = False

    def _read_to_the_end(self) -> None:
        """Also of several statements that were sent together: between two of them there is nothing to read."""
        is_over = not self.pgconn.pipeline_status
        while (result := self.pgconn.get_result()) or not is_over:
            is_over |= result is not None and result.status == pq.ExecStatus.PIPELINE_SYNC
        if self.pgconn.pipeline_status:
            self.pgconn.exit_pipeline_mode()

    def close(self) -> None:
        self._plain.close()


class Server:
    """One database, with sessions enough for everybody and one to look on with."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_away = False
        self._free: list[Session] = []
        self.looker = psycopg.connect(url, autocommit=True, prepare_threshold=1)

    def is_blocked(self, pid: int) -> bool:
        (blocked,) = self.looker.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid]).fetchone() or (False,)
        return bool(blocked)

    def take(self) -> Session:
        return self._free.pop() if self._free else Session(self)

    def give_back(self, session: Session) -> None:
        session.clear()
        self._free.append(session)

    def close(self) -> None:
        for session in self._free:
            session.close()
        self.looker.close()


class StagedCursor(psycopg.Cursor[Any]):
    """Notes the statement, for the trace."""

    def execute(self, query: Any, *args: Any, **options: Any) -> Any:
        self.connection.statement = query  # type: ignore[attr-defined]
        return super().execute(query, *args, **options)


class StagedWire(Wire):
    """The short way of statements in words: what carries the COMMIT of its transaction is one."""

    def carry_out(self, sql: bytes, values: Sequence[Any], *, commits: bool = False) -> Answer:
        self._driver.statement = sql.decode()
        if commits:
            self._driver.begin_commit()
        return super().carry_out(sql, values, commits=commits)


class StagedConnection(psycopg.Connection[Any]):
    """A psycopg connection whose every round trip is a stop of the actor that makes it."""

    def __init__(self, stage: Stage, server: Server, owner: Any) -> None:
        self._session: Session | None = server.take()
        super().__init__(self._session.pgconn)
        self._prepared = self._session.prepared
        self._agreed: list[Callable[[], None]] = []
        self._stage = stage
        self._server = server
        self._owner = owner
        self.cursor_factory = StagedCursor
        self.statement: Any = ""
        self.on_commit: list[Callable[[], None]] = []
        if owner is not None:
            owner.connections[self] = None

    def wait(self, gen: Any, *_: Any, **__: Any) -> Any:
        if self._session is None:
            gen.close()
            raise psycopg.OperationalError("the connection is lost")
        verdict = self._stage.pause(str(self.statement), statement=True)
        if self._server.is_away or verdict is Verdict.LOSE_BEFORE or self._session is None:
            gen.close()
            self._fail()
        self._session.may_hold_locks |= "advisory_lock" in str(self.statement)
        answer = self._answer(gen, self._session)
        if verdict is Verdict.LOSE_AFTER:
            self._fail()
        return answer

    def add_notify_handler(self, callback: Any) -> None:
        """Every ring of a bell is lost here: no promise rests on one, and nobody knows when the server passes it on."""

    def commit(self) -> None:
        if self.pgconn.transaction_status == TransactionStatus.IDLE:
            return
        self.begin_commit()
        super().commit()

    def begin_commit(self) -> None:
        """What comes with the next round trip is the transaction's commit."""
        self.statement = COMMIT
        self._agreed, self.on_commit = self.on_commit, []

    def rollback(self) -> None:
        self.on_commit = []
        if self._session is not None and self.pgconn.transaction_status != TransactionStatus.IDLE:
            self.pgconn.exec_(b"ROLLBACK")

    def close(self) -> None:
        self.lose()

    def lose(self) -> None:
        """The connection is gone; the server undoes what was not committed."""
        session, self._session = self._session, None
        if session is not None:
            self.pgconn = DEAD
            self._server.give_back(session)
        if self._owner is not None:
            self._owner.connections.pop(self, None)

    def __del__(self) -> None:
        """Left behind by a request that ended while others had begun: a new session would cost as much as a tenth of a seed."""
        self.lose()

    def _fail(self) -> None:
        self.lose()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    def _has_come(self, session: Session, patience: int) -> bool:
        """Whether what waits for another's lock has an answer by now; a connection that is lost meanwhile is one."""
        return self._session is not session or session.has_answer(patience) or not session.waits_for_lock()

    def _answer(self, gen: Any, session: Session) -> Any:
        try:
            next(gen)
            while True:
                if not session.has_answer(LOCKED_AFTER_MS) and session.waits_for_lock():
                    if isinstance(getcurrent(), Actor):
                        self._stage.wait_for_lock(partial(self._has_come, session))
                        if self._session is not session:
                            gen.close()
                            self._fail()
                    else:
                        session.has_answer(1000)
                else:
                    gen.send(READY)
        except StopIteration as done:
            if self.statement == COMMIT:
                for tell in self._agreed:
                    tell()
            elif self._owner is not None and MARKING in str(self.statement):
                self._owner.world.check_marked(self._owner.service)
            return done.value
