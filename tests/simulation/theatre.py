"""Joins the real code to the models: done once for a process, because each seed needs only a new world behind it."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import structlog
from greenlet import getcurrent
from sqlalchemy import create_engine, event

import messaging.connection
import messaging.consumer
import messaging.publisher
import messaging.publishers
import messaging.relay
import messaging.retries
import messaging.subscribe
import messaging.suspects
from messaging import tables
from messaging.clock import machine_now
from messaging.database import Database
from messaging.identifiers import new_id
from messaging.unit_of_work import UnitOfWork
from tests.simulation import consuming, publishing
from tests.simulation.postgres import Server, StagedConnection, StagedWire
from tests.simulation.services import SERVICES, TABLES

SLOTS = ("audience", "web", "worker-1", "worker-2", "relay-1", "relay-2")
VACUUM_EVERY = 50
SETTINGS = {
    "deadlock_timeout": "1ms",
    "synchronous_commit": "off",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}


class Theatre:
    """The servers, engines and names that every seed uses again; `world` is who plays now."""

    def __init__(self, admin_url: str, name: str) -> None:
        self.world: Any = None
        self._played = 0
        self._admin_url = admin_url
        self._names = {service: f"{name}_{service}" for service in SERVICES}
        self.servers = {service: Server(_create(admin_url, self._names[service])) for service in SERVICES}
        self.databases: dict[tuple[str, str], Database[Any]] = {}
        for service in SERVICES:
            for slot in SLOTS:
                self.databases[service, slot] = self._database(service)

    def _database(self, service: str) -> Database[Any]:
        database = Database(service, "postgresql://", UnitOfWork)

        @event.listens_for(database.engine, "do_connect")
        def connect(*_: Any) -> StagedConnection:
            owner = getattr(getcurrent(), "process", None)
            return StagedConnection(self.stage, self.servers[service], owner)

        with database.begin():
            pass  # what SQLAlchemy asks a server once, it asks here
        return database

    @property
    def stage(self) -> Any:
        """What the actors share; outside of a play nobody stops."""
        return self.world.stage if self.world else _NOBODY

    # What the product asks instead of the machine: the theatre stands for the module `time`, too

    def monotonic(self) -> float:
        """Seconds of simulated time."""
        return self.world.stage.now  # type: ignore[no-any-return]

    def sleep(self, seconds: float) -> None:
        """Wait in simulated time."""
        self.world.stage.sleep(seconds)

    def machine_now(self) -> datetime:
        """The simulated instant."""
        return self.world.stage.machine_now() if self.world else machine_now()

    def new_id(self) -> str:
        """An id that the same seed gives again."""
        return self.world.stage.new_id()  # type: ignore[no-any-return]

    def clear(self) -> None:
        """Empty every table, for the next seed."""
        self._played += 1
        if self._played % VACUUM_EVERY == 0:
            for database in self.databases.values():  # their pools grow, and the server takes only so many
                database.dispose()
        for server in self.servers.values():
            server.is_away = False
            server.looker.execute("SELECT empty_all()")
            if self._played % VACUUM_EVERY == 0:
                server.looker.execute("VACUUM")

    def close(self) -> None:
        for database in self.databases.values():
            database.dispose()
        for server in self.servers.values():
            server.close()
        with psycopg.connect(self._admin_url, autocommit=True) as admin:
            for name in self._names.values():
                admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


class _Nobody:
    """The stage while there is no play."""

    @staticmethod
    def pause(*_: Any, **__: Any) -> Any:
        from tests.simulation.actors import Verdict  # noqa: PLC0415

        return Verdict.GO


_NOBODY = _Nobody()


def _create(admin_url: str, name: str) -> str:
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        for setting, value in SETTINGS.items():
            admin.execute(f"ALTER DATABASE {name} SET {setting} = '{value}'")
    url = urlsplit(admin_url)._replace(path=f"/{name}").geturl()
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    tables.metadata.create_all(engine)
    engine.dispose()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLES)
        names = [
            row[0]
            for row in connection.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
        ]
        for table in names:
            connection.execute(f"ALTER TABLE {table} SET UNLOGGED")
            connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        sequences = [row[0] for row in connection.execute("SELECT relname FROM pg_class WHERE relkind = 'S'")]
        deletes = "".join(f"DELETE FROM {table}; " for table in names)
        restarts = "".join(f"PERFORM setval('{sequence}', 1, false); " for sequence in sequences)
        connection.execute(
            f"CREATE FUNCTION empty_all() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {deletes}{restarts} END $$"
        )
    return url


@contextmanager
def joined(theatre: Theatre) -> Iterator[None]:
    """While this holds, the product's clock is simulated, its pika and kombu are the model's, and its logs are the trace's."""
    with pytest.MonkeyPatch.context() as names:
        for module in [module for name, module in sys.modules.items() if name.startswith("messaging.")]:
            for name, real, ours in (
                ("time", time, theatre),
                ("machine_now", machine_now, theatre.machine_now),
                ("new_id", new_id, theatre.new_id),
            ):
                if getattr(module, name, None) is real:
                    names.setattr(module, name, ours)
        names.setattr(
            messaging.publisher, "BurstConnection", lambda _parameters, **calls: _burst_connection(theatre, **calls)
        )
        names.setattr(messaging.publishers, "IOLoop", lambda: publishing.Loop(theatre.stage))
        names.setattr(messaging.consumer, "Connection", lambda *_, **__: theatre.world.kombu_connection())
        names.setattr(messaging.consumer, "Intake", consuming.ReadIntake)
        names.setattr(messaging.consumer, "Pulse", consuming.NoPulse)
        names.setattr(messaging.consumer, "eventlet", SimpleNamespace(Timeout=lambda *_: nullcontext()))
        names.setattr(messaging.relay, "plain_engine", lambda *_, **__: getcurrent().process.database.engine)
        names.setattr(messaging.subscribe, "process_database", lambda: getcurrent().process.database)
        names.setattr(messaging.connection, "Wire", StagedWire)
        names.setattr(messaging.retries, "schedule", _watched(theatre, messaging.retries.schedule))
        names.setattr(messaging.suspects, "begin", _watched_trial(theatre, messaging.suspects.begin))
        kept = structlog.get_config()
        structlog.configure(processors=[lambda _logger, _method, facts: _log(theatre, facts)])
        try:
            yield
        finally:
            structlog.configure(**kept)


def _burst_connection(theatre: Theatre, **calls: Any) -> publishing.BurstConnection:
    told = (calls["on_open_callback"], calls["on_open_error_callback"], calls["on_close_callback"])
    loop: publishing.Loop = calls["custom_ioloop"]
    return publishing.BurstConnection(theatre.stage, theatre.world.broker, theatre.world.check_retry, loop, told)


def _watched(theatre: Theatre, schedule: Any) -> Any:
    """`retries.schedule`, looked at: what it says counts from the commit on."""

    def scheduled(connection: Any, envelope: Any, body: bytes, *, attempts: int, reason: str, due_at: Any) -> None:
        world, service = theatre.world, getcurrent().process.service
        wait = (due_at - theatre.stage.machine_now()).total_seconds()
        due = theatre.stage.now + wait
        schedule(connection, envelope, body, attempts=attempts, reason=reason, due_at=due_at)
        connection.connection.driver_connection.on_commit.append(
            lambda: world.note_retry(service, envelope.event_id, attempts, wait, due)
        )

    return scheduled


def _watched_trial(theatre: Theatre, begin: Any) -> Any:
    """`suspects.begin`, looked at in the same way."""

    def begun(connection: Any, envelope: Any, body: bytes, *, attempts: int, deaths: int, now: Any) -> bool:
        may = bool(begin(connection, envelope, body, attempts=attempts, deaths=deaths, now=now))
        if may:
            world, service = theatre.world, getcurrent().process.service
            due = theatre.stage.now + 0.74 * messaging.retries.WAITS[deaths].total_seconds()
            connection.connection.driver_connection.on_commit.append(
                lambda: world.note_trial(service, envelope.event_id, due)
            )
        return may

    return begun


def _log(theatre: Theatre, facts: Any) -> Any:
    if theatre.world:
        theatre.stage.tell(f"    log: {facts.pop('event')} { {k: v for k, v in facts.items() if k != 'exc_info'} }")
    raise structlog.DropEvent
