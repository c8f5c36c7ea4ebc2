"""The whole platform on one machine: servers, databases, web, workers, relays, and a catcher for mail and SMS."""

import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from messaging.migrate import upgrade
from operations.broker import Broker
from operations.errors import StartError
from operations.local import configuration, processes, readiness
from operations.local.catcher import Catcher
from operations.local.claim import Claim
from operations.local.configuration import Wishes
from operations.local.databases import create_databases, drop_databases, spare_the_disk
from operations.local.postgres import Postgres, start_postgres
from operations.local.rabbitmq import start_rabbitmq
from operations.local.supervisor import Supervisor, Watched
from operations.local.undisturbed import undisturbed
from operations.services import KINDS, SERVICES

BEHIND = 10
"""How far workers and relays stand behind the web, where a person waits: a tenth of its weight. On a machine that has one
set of processors for all of it they take in more at a time then, which costs less for each."""


class Stack:
    """The platform, from `start` to `stop`; as a context manager it does both.

    After `start`: `public_url`, `operator_key`, `database_urls`, `broker`, `catcher_page`, and the `environment` that its
    processes have, the web without a broker.
    """

    def __init__(self, folder: Path, wishes: Wishes | None = None, say: Callable[[str], None] = print) -> None:
        self.folder = folder.resolve()
        self.wishes = wishes or Wishes()
        self.database_urls: dict[str, str] = {}
        self.environment: dict[str, str] = {}
        self.catcher_page = ""
        self._tell = say
        self._logs = self.folder / "logs"
        self._claim = Claim(self.folder)
        self._supervisor = Supervisor(self.folder, self._tell_of_death)
        self._postgres: Postgres | None = None
        self._broker_starts: Future[Broker] | None = None

    def start(self) -> None:
        """Start everything and return when all of it is ready; what was started is stopped again when it fails."""
        began = time.monotonic()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._claim.take()
        try:
            self._prepare()
            self._start_all()
        except BaseException:
            self.stop()
            raise
        self._say(f"Ready after {time.monotonic() - began:.0f} s: {self.public_url}")

    def stop(self) -> None:
        """Stop everything: first what answers people, then what works, then the servers. A second Ctrl-C changes nothing."""
        with undisturbed():
            if self._broker_starts is not None:  # which is what is started first
                self._say("Stopping ...")
            self._supervisor.stop()
            with ThreadPoolExecutor() as pool:
                list(pool.map(lambda server: server.stop(), self._started_servers()))
            self._postgres = self._broker_starts = None
            (self.folder / "stack.json").unlink(missing_ok=True)
            self._claim.release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def pid(self, name: str) -> int | None:
        """The PID of a process by its name, as `scheduling-worker`; None while it is being started again."""
        found = next(each for each in self._supervisor.running() if each.name == name)
        return found.process.pid if found.process else None

    def _prepare(self) -> None:
        if left := self._supervisor.end_left_overs():
            self._say(f"Ended {left} processes that an earlier run had left behind.")
        port = self.wishes.port or processes.free_ports(1)[0]
        if processes.answers(port):
            raise StartError(
                f"Port {port} is in use. Stop what listens there, or choose another: FRIST_PORT={port + 1}"
            )
        self.port, self.public_url = port, f"http://localhost:{port}"
        self.folder.chmod(0o700)  # secrets, and letters with people's addresses
        self._logs.mkdir(exist_ok=True)
        shutil.rmtree(self.folder / "metrics", ignore_errors=True)
        (self.folder / "metrics").mkdir()
        self.operator_key = configuration.operator_key(self.folder)

    def _start_all(self) -> None:
        self._say("Starting PostgreSQL and RabbitMQ ...")
        with ThreadPoolExecutor() as pool:
            self._broker_starts = pool.submit(start_rabbitmq, self._broker_folder(), is_kept=not self.wishes.fresh)
            postgres = self._postgres = start_postgres(self.folder / "postgres")
            if self.wishes.fresh:
                drop_databases(postgres.admin_url, SERVICES, self.wishes.prefix)
            self.database_urls = create_databases(
                postgres.admin_url, configuration.passwords(self.folder), self.wishes.prefix
            )
            if self.wishes.fresh:
                spare_the_disk(postgres.admin_url, SERVICES, self.wishes.prefix)
            self._say("Bringing four databases to their newest version ...")
            for service, url in self.database_urls.items():
                upgrade(url, f"services.{service}")
            self._say("Starting the web ...")
            self._start_what_needs_no_broker()
            self.broker = self._broker_starts.result()
            if self.wishes.fresh:
                self.broker = self.broker.with_empty_vhost(self.wishes.prefix)
        self._say("Starting workers and relays ...")
        self._start_workers_and_relays()
        readiness.wait_until_ready(self.public_url, self.broker, self.database_urls, self._supervisor)

    def _broker_folder(self) -> Path:
        """A fresh stack has a node of its own that starts from nothing: a node that just started bears no deleting."""
        if not self.wishes.fresh:
            return self.folder / "rabbitmq"
        own = self.folder / f"rabbitmq-{self.wishes.prefix}"
        processes.end_left_over(own / "node.pid", "beam")
        shutil.rmtree(own / "data", ignore_errors=True)
        return own

    def _start_what_needs_no_broker(self) -> None:
        self.environment = configuration.environment(self.folder, self.wishes, self.public_url, self.database_urls)
        if self.wishes.catcher:
            if self.wishes.fresh:
                shutil.rmtree(self.folder / "caught", ignore_errors=True)
            catcher = Catcher.choose(self.folder / "caught")
            self.catcher_page = catcher.page
            self.environment |= catcher.settings_of_services()
            self._run(self._watched("catcher", catcher.command()))
        self._run(self._web())

    def _start_workers_and_relays(self) -> None:
        self.environment["FRIST_AMQP_URL"] = self.broker.amqp_url
        configuration.remember(self.folder, self.environment, self.broker.management_url)
        self._run(
            *[
                self._watched(f"{service}-{kind}", [sys.executable, "-m", f"services.{service}", kind], nice=BEHIND)
                for kind in KINDS
                for service in SERVICES
            ]
        )

    def _run(self, *watched: Watched) -> None:
        for each in watched:
            each.environment |= self.environment
        self._supervisor.run(*watched)

    def _started_servers(self) -> list[Broker | Postgres]:
        """Those that are up, once the broker is or will not be: it cannot be stopped halfway."""
        servers: list[Broker | Postgres] = [self._postgres] if self._postgres else []
        if self._broker_starts is not None and self._broker_starts.exception() is None:
            servers.append(self._broker_starts.result())
        return servers

    def _web(self) -> Watched:
        command = [sys.executable, "-m", "gunicorn", "operations.front:create_platform()", "--preload"]
        command += ["--logger-class", "web.gunicorn_log.GunicornLog"]
        workers = ["--workers", str(self.wishes.web_processes), "--worker-class", "gthread", "--threads", "4"]
        ends = ["--graceful-timeout", "2", "--keep-alive", "30", "--no-control-socket"]
        metrics = {"PROMETHEUS_MULTIPROC_DIR": str(self.folder / "metrics")}
        return self._watched("web", [*command, "--bind", f"127.0.0.1:{self.port}", *workers, *ends], metrics)

    def _watched(self, name: str, command: list[str], extra: dict[str, str] | None = None, nice: int = 0) -> Watched:
        return Watched(name, command, dict(extra or {}), self._logs / f"{name}.log", nice)

    def _say(self, line: str) -> None:
        """Tell whoever listens. That nobody does any more, as when a terminal is closed, keeps nothing from being stopped."""
        with suppress(OSError, SystemExit):  # what rich makes of a broken pipe
            self._tell(line)

    def _tell_of_death(self, watched: Watched, code: int) -> None:
        self._say(f"{watched.name} ended (code {code}); starting it again. Its log: {watched.log}")
