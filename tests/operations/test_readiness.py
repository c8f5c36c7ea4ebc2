"""A stack that does not become ready says which parts are not, whatever keeps them from it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from messaging.database import Database
from operations.broker import Broker
from operations.errors import StartError
from operations.local import processes
from operations.local.readiness import wait_until_ready
from operations.local.supervisor import Supervisor, Watched
from operations.services import KINDS, SERVICES

PARTS = ["web", *(f"{service}-{kind}" for service in SERVICES for kind in KINDS)]


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path, on_death=lambda watched, code: None)
    supervisor.run(*[Watched(name, ["sleep", "600"], {}, tmp_path / f"{name}.log") for name in PARTS])
    yield supervisor
    supervisor.stop(patience=1)


@pytest.fixture
def urls(fresh_database: Callable[..., Database[Any]]) -> dict[str, str]:
    shown = {service: fresh_database(service).engine.url for service in SERVICES}
    return {service: url.set(drivername="postgresql").render_as_string(False) for service, url in shown.items()}


def missing(broker: Broker, urls: dict[str, str], supervisor: Supervisor) -> str:
    nowhere = f"http://127.0.0.1:{processes.free_ports(1)[0]}"
    with pytest.raises(StartError) as told:
        wait_until_ready(nowhere, broker, urls, supervisor, patience=0.1)
    return str(told.value).partition(". Their logs end:")[0]


def test_a_broker_that_is_away_is_waited_for(urls: dict[str, str], supervisor: Supervisor) -> None:
    away = f"amqp://nobody:wrong@127.0.0.1:{processes.free_ports(1)[0]}/frist, "

    assert missing(Broker(away, ""), urls, supervisor).split(": ")[1].split(", ") == PARTS


def test_a_queue_that_nobody_has_made_is_waited_for(
    broker: Broker, urls: dict[str, str], supervisor: Supervisor
) -> None:
    assert missing(broker, urls, supervisor).split(": ")[1].split(", ") == PARTS
