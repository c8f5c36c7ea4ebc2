"""A service's own database: makes units of work and is the only one to commit them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InterfaceError, OperationalError

from messaging.clock import SYSTEM, business_now
from messaging.connection import plain_engine
from messaging.settings import sqlalchemy_url
from messaging.unit_of_work import UnitOfWork

Work = TypeVar("Work", bound=UnitOfWork)

CONNECTION: dict[str, int] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}
"""A server whose machine has gone without a word is given up after half a minute, not after the system's two hours."""


class Database(Generic[Work]):
    """The database of one service. Connects when first used, never before.

    With `lock_seconds` no statement waits longer than that for what somebody else has locked.
    """

    def __init__(
        self,
        service: str,
        url: str,
        unit_of_work: Callable[[Connection, Callable[[], datetime]], Work],
        clock: str = SYSTEM,
        pool_size: int = 5,
        *,
        lock_seconds: float | None = None,
    ) -> None:
        self.service = service
        self.clock = clock
        self.heard: datetime | None = None
        """The driven time, while a worker's bell listens for it; None: each transaction asks."""
        self._unit_of_work = unit_of_work
        self.engine: Engine = plain_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_use_lifo=True,
            hide_parameters=True,  # errors are logged, and the values may be personal
            connect_args={**CONNECTION, "application_name": f"frist-{service}"},
        )
        if lock_seconds is not None:
            event.listen(self.engine, "connect", lambda driver, _record: _bound_locks(driver, lock_seconds))

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """One transaction: committed with its events at the end, undone when anything is raised."""
        with self.engine.begin() as connection:
            uow = self._unit_of_work(connection, lambda: self.heard or business_now(connection, self.clock))
            yield uow
            uow.outbox.flush(commits=True)

    def dispose(self) -> None:
        """Close every connection that is not in use."""
        self.engine.dispose()


def _bound_locks(driver: Any, seconds: float) -> None:
    """By a statement of its own, since a pool between us and the server may take no options; for the whole session."""
    driver.autocommit = True
    driver.execute(f"SET lock_timeout = {round(seconds * 1000)}")
    driver.autocommit = False


_READ_ONLY = "25006"
_LOCKED = "55P03"
_CANCELED = "57014"
"""Of the class of a server that goes away, and said of one statement, as when it takes longer than a `statement_timeout`."""


def is_away(error: BaseException) -> bool:
    """Whether the error says that the database does not answer, rather than that it declined.

    A lost connection, a server that starts up or shuts down and one that takes no writes count, as a managed one does whose
    disk is full, and a table that somebody keeps locked: it is out of reach, whatever is asked of it. A deadlock or a
    statement that took too long does not.
    """
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if state in {_READ_ONLY, _LOCKED}:
        return True
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    if error.connection_invalidated or state is None:
        return True
    return bool(state.startswith(("08", "57", "53")) and state != _CANCELED)
