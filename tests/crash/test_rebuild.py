"""`frist rebuild reporting` on the whole platform, under new events and kill -9: the rows are those of an untouched copy."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import psycopg
import pytest
from psycopg.rows import tuple_row
from sqlalchemy import text
from typer.testing import CliRunner, Result

from frist_contracts import Lane, with_position
from messaging.database import Database
from messaging.delivery import Delivery, Message, Route
from operations.command import app
from operations.command.rebuild import AlreadyAtItError, NotRebuildableError
from operations.ledger import Ledger
from operations.ledger.subscriptions import subscribed_types
from operations.local.stack import Stack
from operations.rehearsal.http_client import HttpClient
from operations.rehearsal.world.national_numbers import cvr_numbers
from operations.services import SERVICES
from services.reporting.storage.tables import OWN, PROJECTIONS
from services.reporting.storage.tallies import TALLIES
from tests.crash.test_killed_processes import a_register, come_forward, kill
from tests.reporting.world import routes
from tests.support.databases import Databases
from tests.support.waiting import eventually
from tests.system.people import Coach, Operator, Organisation
from tests.system.setting import Setting

IN_THE_REGISTER, LATER = 2_500, 300
TABLES = [*(table.name for table in (*PROJECTIONS, *OWN)), *(tally.name for tally in TALLIES)]
COPIED = [*TABLES, "inbox"]


@pytest.fixture(scope="module")
def setting(platform: Stack) -> Setting:
    """A programme of its own."""
    setting = Setting.at(datetime.now(UTC), "rebuild")  # noqa: TID251 - from outside there is no other clock
    Operator(HttpClient(platform.public_url, platform.operator_key)).open(setting)
    return setting


@pytest.fixture
def ledger(platform: Stack) -> Iterator[Ledger]:
    """The ledger of the platform."""
    reading = Ledger(platform.database_urls)
    yield reading
    reading.close()


@pytest.fixture
def untouched(databases: Databases) -> Iterator[Database[Any]]:
    """An empty database of reporting that no process knows."""
    database = databases.of_service("reporting")
    yield database
    databases.take_back(database)


def test_the_rows_are_those_of_an_untouched_copy(
    platform: Stack, setting: Setting, ledger: Ledger, untouched: Database[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = cvr_numbers(23)
    import_register(platform, setting, islice(numbers, IN_THE_REGISTER))
    help_somebody(platform, setting)
    ledger.wait_until_settled(120)
    copy(platform.database_urls["reporting"], plain_url(untouched))

    for name, value in {**platform.environment, "FRIST_FOLDER": str(platform.folder)}.items():
        monkeypatch.setenv(name, value)

    first = subprocess.Popen([sys.executable, "-m", "operations", "rebuild", "reporting"], stdout=subprocess.DEVNULL)
    with ThreadPoolExecutor(2) as pool:
        coming = [pool.submit(come_forward, platform, setting, next(numbers)) for _ in range(5)]
        coming.append(pool.submit(import_register, platform, setting, islice(numbers, LATER)))
        eventually(lambda: inbox_rows(platform) > 200, "events are applied again", 120)
        freeze(platform, "reporting-worker")
        refused = rebuild("reporting")
        first.send_signal(signal.SIGKILL)
        first.wait()
        kill(platform, "reporting-worker")
        again = rebuild("reporting")
        for one in coming:
            one.result()
    ledger.wait_until_settled(120)

    assert isinstance(refused.exception, AlreadyAtItError)
    assert again.exit_code == 0, again.output
    assert "Rebuilt:" in again.output
    eventually(lambda: are_alike(platform, untouched), "the rows are those of an untouched copy")
    assert len(rows_of(plain_url(untouched), "cases")) >= IN_THE_REGISTER + LATER
    assert rows_of(plain_url(untouched), "surveys")


def are_alike(platform: Stack, untouched: Database[Any]) -> bool:
    """Whether the rows are the same once all there is has been applied; a timer may have told of more meanwhile."""
    apply_everything(platform, untouched)
    for table in TABLES:
        assert rows_of(platform.database_urls["reporting"], table) == rows_of(plain_url(untouched), table), table
    return True


def test_a_service_that_decides_things_cannot_be_rebuilt() -> None:
    refused = rebuild("scheduling")

    assert isinstance(refused.exception, NotRebuildableError)
    assert "Able: reporting." in str(refused.exception)


def rebuild(service: str) -> Result:
    """`frist rebuild`, in this process."""
    return CliRunner().invoke(app, ["rebuild", service])


def import_register(platform: Stack, setting: Setting, numbers: Iterator[str]) -> None:
    """Companies that have not been heard from: one event for each."""
    operator = HttpClient(platform.public_url, platform.operator_key)
    operator.call(
        "POST", f"/registration/api/programmes/{setting.programme_id}/register", a_register(numbers), "text/csv"
    )


def help_somebody(platform: Stack, setting: Setting) -> None:
    """One organisation's whole journey up to a session that was attended."""
    one = Organisation(HttpClient(platform.public_url), setting)
    one.register()
    one.assess()
    booking = eventually(lambda: one.place()["booking"], "the case gets a seat")
    Coach(HttpClient(platform.public_url, platform.operator_key), setting).record(booking["booking_id"])


def freeze(platform: Stack, victim: str) -> None:
    """SIGSTOP, so that the rebuild is still in its middle when we look."""
    pid = eventually(lambda: platform.pid(victim), f"{victim} runs")
    os.kill(pid, signal.SIGSTOP)


def inbox_rows(platform: Stack) -> int:
    """How many events have been applied again, as soon as a rebuild is under way."""
    query = "SELECT count(*) FROM inbox WHERE EXISTS (SELECT FROM rebuilds WHERE finished_at IS NULL)"
    with psycopg.connect(platform.database_urls["reporting"]) as connection:
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def plain_url(database: Database[Any]) -> str:
    return database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def copy(source_url: str, target_url: str) -> None:
    """The projections, what is reporting's own, and the inbox, in one snapshot; the tallies come as they are."""
    with psycopg.connect(source_url) as source, psycopg.connect(target_url) as target:
        source.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        target.execute("SET session_replication_role = replica")  # no trigger counts anew what is copied
        for table in COPIED:
            with (
                source.cursor().copy(f"COPY {table} TO STDOUT") as rows,  # type: ignore[arg-type]
                target.cursor().copy(f"COPY {table} FROM STDIN") as into,  # type: ignore[arg-type]
            ):
                for row in rows:
                    into.write(row)


def apply_everything(platform: Stack, untouched: Database[Any]) -> None:
    """Every event that reporting listens to, once more: the copy's inbox lets through what came after the copy was made."""
    delivery = Delivery(untouched, {event: Route(handler, many) for event, (handler, many) in routes().items()})
    types = list(subscribed_types("reporting"))
    for producer in SERVICES:
        with psycopg.connect(platform.database_urls[producer]) as connection:
            query = "SELECT position, envelope FROM outbox WHERE type = ANY(%s) ORDER BY position"
            bodies = [with_position(envelope, at) for at, envelope in connection.execute(query, [types])]
        for start in range(0, len(bodies), 200):
            delivery.deliver([Message(body, Lane.BULK) for body in bodies[start : start + 200]])
    with untouched.begin() as uow:
        assert uow.connection.execute(text("SELECT count(*) FROM retries")).scalar() == 0


def rows_of(url: str, table: str) -> list[tuple[Any, ...]]:
    """All rows of a table as text, sorted."""
    with psycopg.connect(url, row_factory=tuple_row) as connection:
        return connection.execute(f"SELECT r::text FROM {table} AS r ORDER BY 1").fetchall()  # type: ignore[arg-type]
