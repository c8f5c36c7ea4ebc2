"""A sample service on a real database and broker, with its worker and relay as processes."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, text

from frist_contracts import CaseClosed, SurveyAnswered
from messaging.database import Database
from messaging.identifiers import new_id
from messaging.tables import metadata
from messaging.unit_of_work import UnitOfWork
from tests.messaging.sample_handlers import TABLES
from tests.support.nursery import Child, nursery

ROOT = Path(__file__).parents[2]


def eventually(condition: Callable[[], Any], seconds: float = 20, every: float = 0.02) -> Any:
    """Wait until the condition holds; fails with its last value after the deadline. Looks `every` so many seconds."""
    until = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < until, f"still {value!r} after {seconds} s"
        time.sleep(every)
    return value


def an_answer(**changes: Any) -> SurveyAnswered:
    facts: dict[str, Any] = {
        "municipality": "dk-0101",
        "survey_id": new_id(),
        "case_id": new_id(),
        "programme_id": "p",
        "score": 5,
        "first_visit": True,
    }
    return SurveyAnswered(**(facts | changes))


def a_closure() -> CaseClosed:
    return CaseClosed(municipality="dk-0101", sequence=1, case_id=new_id(), programme_id="p", state="fulfilled")


@dataclass
class Sample:
    """The sample service from the outside."""

    database: Database[UnitOfWork]
    environment: dict[str, str]
    service: str = "sample"
    processes: dict[str, Child] = field(default_factory=dict)
    logs: Path = Path()

    def start(self, *roles: str) -> None:
        for role in roles:
            self.begin(role, "tests.messaging.sample")

    def begin(self, role: str, module: str, **more: str) -> None:
        """A process of the service, as it is in a module."""
        kind = role.partition("-")[0]
        bed = nursery("green" if kind == "worker" else "plain")
        self.processes[role] = bed.begin(module, [self.service, kind], {**self.environment, **more}, self._log(role))

    def said(self, role: str) -> str:
        """Everything that a process has logged so far."""
        return self._log(role).read_text()

    def kill(self, role: str) -> None:
        process = self.processes.pop(role)
        process.kill()
        process.wait()

    def stop(self, role: str, seconds: float = 10) -> int:
        process = self.processes.pop(role)
        process.send_signal(signal.SIGTERM)
        return process.wait(seconds)

    def announce(self, *events: Any) -> None:
        with self.database.begin() as uow:
            for event in events:
                uow.outbox.add(event)

    def scalar(self, sql: str, **values: Any) -> Any:
        with self.database.engine.connect() as connection:
            return connection.execute(text(sql), values).scalar()

    def execute(self, sql: str, **values: Any) -> None:
        with self.database.engine.begin() as connection:
            connection.execute(text(sql), values)

    def effects(self) -> int:
        return int(self.scalar("SELECT count(*) FROM effects"))

    def _log(self, role: str) -> Path:
        return self.logs / f"{self.service}-{role}.log"


@pytest.fixture
def vhost_url(broker: Any) -> Iterator[str]:
    """An empty virtual host of the run's RabbitMQ."""
    vhost = f"test-{new_id()[-12:]}"
    yield broker.with_vhost(vhost).amqp_url
    broker.without_vhost(vhost)


def make_tables(url: str) -> None:
    """The kernel's tables and the sample service's own."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    metadata.create_all(engine)
    engine.dispose()
    with psycopg.connect(url) as connection:
        connection.execute(TABLES)


@pytest.fixture
def a_sample(databases: Any, vhost_url: str, tmp_path: Path) -> Iterator[Callable[[str], Sample]]:
    """Makes sample services, each with a database of its own on one empty broker; their processes end with the test."""
    made: list[Sample] = []

    def make(service: str) -> Sample:
        url = databases.lend("sample", make_tables)
        environment = {
            **os.environ,
            f"FRIST_{service.upper()}_DATABASE_URL": url,
            "FRIST_AMQP_URL": vhost_url,
            "FRIST_LOG_LEVEL": "INFO",
        }
        made.append(Sample(Database(service, url, UnitOfWork), environment, service, logs=tmp_path))
        return made[-1]

    yield make

    for log in sorted(tmp_path.glob("*.log")):
        print(f"--- {log.name}\n{log.read_text()[-4000:]}")  # noqa: T201 - shown when the test fails
    for sample in made:
        for role in list(sample.processes):
            sample.kill(role)
        databases.take_back(sample.database)


@pytest.fixture
def sample(a_sample: Callable[[str], Sample]) -> Sample:
    """One sample service."""
    return a_sample("sample")
