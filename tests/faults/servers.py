"""PostgreSQL and RabbitMQ of our own, each behind a proxy, to be killed, frozen, wiped and brought back."""

import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psutil
import psycopg

from operations.broker import Broker
from operations.errors import StartError
from operations.local.postgres import Postgres, start_postgres
from operations.local.rabbitmq import start_rabbitmq
from tests.faults.proxy import Proxy

START_PATIENCE_SECONDS = 60


class PostgresUnderFaults:
    """One PostgreSQL whose address survives it; durable, for what was committed has to survive kill -9."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: Postgres | None = None
        self.proxy = Proxy().start()
        self.url = ""
        """The admin URL through the proxy."""

    def start(self) -> None:
        """Start, or start again with what is there; a server that was killed needs a moment to be gone."""
        self._server = eventually_started(self._folder)
        self.url = self.proxy.before(self._server.admin_url)

    def stop(self) -> None:
        """Stop in order."""
        if self._server is not None:
            self._server.stop()

    def kill(self) -> None:
        """kill -9 of the server and all its backends at once, as a power cut does."""
        for process in self._processes():
            process.kill()
        self.stop()

    def freeze(self) -> None:
        """SIGSTOP: connections stay open and nobody answers."""
        signal_all(self._processes(), signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        signal_all(self._processes(), signal.SIGCONT)

    def terminate_backends(self, database: str) -> None:
        """End the sessions of one service's database, as an administrator does."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])

    def _processes(self) -> list[psutil.Process]:
        assert self._server is not None
        assert self._server.process is not None
        return family(self._server.process.pid)


def eventually_started(folder: Path) -> Postgres:
    """The server of this folder; tried again while a killed one still holds on to its memory."""
    deadline = time.monotonic() + START_PATIENCE_SECONDS
    while True:
        try:
            return start_postgres(folder)
        except StartError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


class BrokerUnderFaults:
    """One RabbitMQ whose address survives it: a process of this machine, or a container."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._broker: Broker | None = None
        self.proxy = Proxy().start()
        self.amqp_url = ""
        """The address through the proxy."""

    @property
    def broker(self) -> Broker:
        """The broker that runs now."""
        assert self._broker is not None
        return self._broker

    def start(self) -> None:
        """Start, or start again with what is there."""
        self._broker = start_rabbitmq(self._folder)
        self.amqp_url = self.proxy.before(self._broker.amqp_url)

    def stop(self) -> None:
        """Stop in order."""
        if self._broker is not None:
            self._broker.stop()

    def kill(self) -> None:
        """kill -9; a container is removed, and its data with it."""
        if self.broker.pid is not None:
            psutil.Process(self.broker.pid).kill()
        self.stop()

    def wipe(self) -> None:
        """kill -9, and the disk is gone: queues, messages, users and virtual hosts."""
        self.kill()
        shutil.rmtree(self._folder / "data", ignore_errors=True)

    def freeze(self) -> None:
        """Stop the process without ending it."""
        self._signal(signal.SIGSTOP, "pause")

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT, "unpause")

    def close_connections(self) -> None:
        """Have the broker close every connection, with a reason."""
        for connection in self.broker.ask("GET", "/api/connections"):
            self._ask_if_there("DELETE", f"/api/connections/{quote(connection['name'], safe='')}")

    def purge(self, queue: str) -> None:
        """Empty a queue."""
        self._ask_if_there("DELETE", f"/api/queues/{self._vhost}/{queue}/contents")

    def delete(self, queue: str) -> None:
        """Remove a queue with all that is in it."""
        self._ask_if_there("DELETE", f"/api/queues/{self._vhost}/{queue}")

    @property
    def _vhost(self) -> str:
        return quote(urlsplit(self.broker.amqp_url).path[1:], safe="")

    def _ask_if_there(self, method: str, path: str) -> Any:
        try:
            return self.broker.ask(method, path)
        except OSError:  # gone already, or it went while it was asked
            return None

    def _signal(self, number: signal.Signals, docker: str) -> None:
        if self.broker.pid is not None:
            psutil.Process(self.broker.pid).send_signal(number)
        else:
            container = (self._folder / "container").read_text()
            subprocess.run(["docker", docker, container], check=True, capture_output=True)


def family(pid: int) -> list[psutil.Process]:
    """A process and all that it started, the parent first."""
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def signal_all(processes: list[psutil.Process], number: signal.Signals) -> None:
    """Send a signal to those that are still there."""
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            continue
