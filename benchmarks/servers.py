"""PostgreSQL and RabbitMQ of a run: durable as in production, or there is no run."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from operations.broker import Broker
from operations.errors import StartError
from operations.local import processes
from operations.local.postgres import start_postgres
from operations.local.rabbitmq import start_rabbitmq

DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
PREFIX = "bench"


@dataclass(frozen=True)
class Servers:
    """Both servers, up, with an empty virtual host for this run."""

    admin_url: str
    broker: Broker

    def database(self, name: str) -> str:
        """The URL of a new and empty database; one of an earlier run is dropped first."""
        chosen = sql.Identifier(f"{PREFIX}_{name}")
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(chosen))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(chosen))
        return urlunsplit(urlsplit(self.admin_url)._replace(path=f"/{PREFIX}_{name}"))

    def checkpoint(self) -> None:
        """Bring everything to the disk, so that no contestant pays for the one before it."""
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")


@contextmanager
def servers(folder: Path) -> Iterator[Servers]:
    """The servers of the environment, else our own with their data under `folder`; ours are stopped at the end."""
    postgres = start_postgres(folder / "postgres")
    try:
        _insist_on_durability(postgres.admin_url)
        broker = _fresh_rabbitmq(folder / "rabbitmq")
        try:
            yield Servers(postgres.admin_url, broker.with_empty_vhost(PREFIX))
        finally:
            broker.stop()
    finally:
        postgres.stop()


def _fresh_rabbitmq(folder: Path) -> Broker:
    """A node that starts from nothing, unless the broker is somebody else's: one just started bears no deleting."""
    processes.end_left_over(folder / "node.pid", "beam")
    shutil.rmtree(folder / "data", ignore_errors=True)
    return start_rabbitmq(folder)


def _insist_on_durability(url: str) -> None:
    with psycopg.connect(url) as connection:
        for name, wanted in DURABLE.items():
            row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
            if row is None or row[0] != wanted:
                raise StartError(f"PostgreSQL has {name}={row and row[0]}; figures without durability would mislead")
