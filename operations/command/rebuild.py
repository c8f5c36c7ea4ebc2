"""`frist rebuild`: a service that is made of events forgets everything and has all of them come again."""

import getpass
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from messaging.database import Database
from messaging.rebuilds import Rebuild, applied_again, running_rebuild, start_rebuild
from operations.command.databases import answered_by_database, checked_service
from operations.command.output import console, fail
from operations.connection import Platform
from operations.errors import OperationsError
from operations.ledger.subscriptions import subscribed_events
from operations.services import SERVICES, emptier_of, service_class

WATCH_LOCK = 7_005_001
"""Key of the advisory lock of the one command that looks after a service's rebuild."""
LOOK_SECONDS = 1.0
COST_OF_LOOKING = 0.1
"""Looking counts the inbox; of a long rebuild it takes no more than this share of the time."""
START_ATTEMPTS = 30
PATIENCE_SECONDS = 30
_HELD_UP = frozenset({"55P03", "40P01"})
"""Somebody kept a table for longer than two seconds, or waited in a circle with us: the next attempt is luckier."""
_PARKED = text("SELECT count(*) FROM parked WHERE state = 'parked'")


class NotRebuildableError(OperationsError):
    """The service keeps what no event can tell again."""


class AlreadyAtItError(OperationsError):
    """Another command looks after this service's rebuild."""


def rebuild(
    service: str = typer.Argument(help="The service to rebuild: one that is made of events, as reporting."),
) -> None:
    """Empty a service's projections and have every event come again, while new ones keep arriving.

    The rebuild runs in the service's worker: when this command is stopped it goes on, and the command run again goes on
    showing it. Exit code 0: finished. 1: refused, or finished with messages parked. 2: bad use. 130: stopped looking.
    """
    empty = emptier_of(checked_service(service))
    if empty is None:
        able = ", ".join(each for each in SERVICES if emptier_of(each))
        raise NotRebuildableError(
            f"{service} cannot be rebuilt: it decides things, and what it decided is in no event of others. Able: {able}."
        )
    url = Platform.find().database_url(service)
    database: Database[Any] = Database(service, url, service_class(service).unit_of_work, pool_size=2)
    try:
        with answered_by_database(service), _alone(database, service), database.engine.connect() as connection:
            running = running_rebuild(connection) or _start(database, service, empty)
            _watch(connection, service, running)
            _tell_parked(connection, service)
    except KeyboardInterrupt:
        console.print(f"The rebuild goes on by itself. `frist rebuild {service}` shows it again.")
        raise
    finally:
        database.dispose()


@contextmanager
def _alone(database: Database[Any], service: str) -> Iterator[None]:
    """Hold the lock as long as this process lives: the server lets go of it when the connection ends, however it ends."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": WATCH_LOCK}).scalar():
            raise AlreadyAtItError(f"Another `frist rebuild {service}` is running; it shows how far it is.")
        yield
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": WATCH_LOCK})


def _start(database: Database[Any], service: str, empty: Any) -> Rebuild:
    for attempt in range(START_ATTEMPTS):
        try:
            with database.begin() as uow:
                begun = start_rebuild(uow, service, subscribed_events(service), empty, f"terminal:{getpass.getuser()}")
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in _HELD_UP:
                raise
            if attempt + 1 == START_ATTEMPTS:
                raise OperationsError(
                    f"The database of {service} did not let go of its tables: {error.orig}"
                ) from error
        else:
            console.print(f"The projections of {service} are empty; {begun.asked} events were asked for again.")
            return begun
    raise AssertionError


def _watch(connection: Connection, service: str, rebuild: Rebuild) -> None:
    begun_at, first = time.monotonic(), None
    with _progress() as bar:
        task = bar.add_task(f"Rebuilding {service}", total=rebuild.asked, rate=0)
        while True:
            looked_at = time.monotonic()
            applied, rebuild = applied_again(connection, rebuild, subscribed_events(service))
            connection.rollback()
            took = time.monotonic() - looked_at
            first = applied if first is None else first
            rate = (applied - first) / max(time.monotonic() - begun_at, LOOK_SECONDS)
            bar.update(task, completed=applied, rate=round(rate))
            if rebuild.finished_at:
                break
            if not console.is_terminal:
                console.print(_line(rebuild, applied, rate))
            time.sleep(max(LOOK_SECONDS, took / COST_OF_LOOKING))
    seconds = (rebuild.finished_at - rebuild.started_at).total_seconds()
    console.print(
        f"Rebuilt: {rebuild.asked} events in {seconds:.1f} s, {rebuild.asked / max(seconds, 0.001):.0f} a second."
    )


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]} a second"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def _line(rebuild: Rebuild, applied: int, rate: float) -> str:
    left = rebuild.asked - applied
    running = (datetime.now(UTC) - rebuild.started_at).total_seconds()  # noqa: TID251 - machine time
    if left <= 0:
        ahead = "the producers' last pages are awaited"
    elif rate:
        ahead = f"about {left / rate:.0f} s left"
    elif running < PATIENCE_SECONDS:
        ahead = "the producers say what there is"
    else:
        ahead = "nothing moves: `frist status` shows whether the worker and the relays run"
    return f"{applied} of {rebuild.asked} applied again after {running:.0f} s, {rate:.0f} a second; {ahead}"


def _tell_parked(connection: Connection, service: str) -> None:
    parked: int = connection.execute(_PARKED).scalar_one()
    if parked:
        fail(f"{parked} messages of {service} are parked and not in it: see `frist parked list --service {service}`.")
