"""The whole platform on servers of its own that can be struck, with its addresses leading through proxies."""

import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from operations.local.configuration import Wishes
from operations.local.stack import Stack
from operations.rehearsal.rules.rule import Databases, Row
from tests.faults.plan import Step
from tests.faults.servers import BrokerUnderFaults, PostgresUnderFaults, family, signal_all


class Field:
    """Where plans are carried out."""

    def __init__(self, platform: Stack, postgres: PostgresUnderFaults, broker: BrokerUnderFaults) -> None:
        self.platform = platform
        self.postgres = postgres
        self.broker = broker
        self.is_over = threading.Event()
        """Set when a plan is broken off: then nobody waits for the time of the next step."""

    def strike(self, step: Step) -> None:
        """Carry out one step of a plan, and heal it."""
        self.is_over.wait(step.after)
        match step.fault.split():
            case ["kill" | "freeze" | "restart" as how] if step.victim:
                self._strike_process(how, step)
            case ["purge", "queue"]:
                self.broker.purge(step.victim)
            case ["delete", "queue"]:
                self.broker.delete(step.victim)
            case ["close", "connections"]:
                self.broker.close_connections()
            case ["terminate", "backends"]:
                self.postgres.terminate_backends(urlsplit(self.platform.database_urls[step.victim]).path[1:])
            case [how, "broker"]:
                self._strike_server(self.broker, how, step.lasts)
            case [how, "database"]:
                self._strike_server(self.postgres, how, step.lasts)

    def rows(self, service: str, query: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """The rows of a query in one service's database."""
        databases = Databases(self.platform.database_urls)
        try:
            return databases.rows(service, query, parameters)
        finally:
            databases.close()

    def _strike_process(self, how: str, step: Step) -> None:
        pid = self.platform.pid(step.victim)
        try:
            victims = family(pid) if pid else []  # none: it is being started again just now
        except psutil.NoSuchProcess:
            return
        if how == "freeze":
            signal_all(victims, signal.SIGSTOP)
            self.is_over.wait(step.lasts)
            signal_all(victims, signal.SIGCONT)
        elif how == "restart":
            signal_all(victims[:1], signal.SIGTERM)
        else:
            signal_all(victims, signal.SIGKILL)

    def _strike_server(self, server: PostgresUnderFaults | BrokerUnderFaults, how: str, lasts: float) -> None:
        if how == "cut":
            server.proxy.cut()
        elif how == "freeze":
            server.freeze()
            self.is_over.wait(lasts)
            server.thaw()
        else:
            {"restart": server.stop, "kill": server.kill, "wipe": getattr(server, "wipe", server.kill)}[how]()
            self.is_over.wait(lasts)
            server.start()


@contextmanager
def a_field(folder: Path, **settings: str) -> Iterator[Field]:
    """The platform, ready, with everything it writes under `folder`; `settings` are those of its processes."""
    postgres, broker = PostgresUnderFaults(folder / "postgres"), BrokerUnderFaults(folder / "rabbitmq")
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith("FRIST_")]:
            environment.delenv(name)  # somebody else's servers are not to be struck
        try:
            postgres.start()
            broker.start()
            with _a_platform(folder / "platform", postgres, broker, settings) as platform:
                yield Field(platform, postgres, broker)
        finally:
            broker.stop()
            postgres.stop()
            broker.proxy.stop()
            postgres.proxy.stop()


@contextmanager
def _a_platform(
    folder: Path, postgres: PostgresUnderFaults, broker: BrokerUnderFaults, more: Mapping[str, str]
) -> Iterator[Stack]:
    settings = {
        "FRIST_DATABASE_URL": postgres.url,
        "FRIST_AMQP_URL": broker.amqp_url,
        "FRIST_AMQP_MANAGEMENT_URL": broker.broker.management_url,
        "FRIST_OPEN_POSTS_PER_MINUTE": "0",  # all of them come from one address here
        **more,
    }
    stack = Stack(folder, Wishes(port=0, web_processes=1), say=lambda _line: None)
    with pytest.MonkeyPatch.context() as environment:
        for name, value in settings.items():
            environment.setenv(name, value)
        stack.start()
    try:
        yield stack
    finally:
        stack.stop()
