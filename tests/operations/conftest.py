"""Fixtures of the operators' commands: the services' databases, and `frist` in this process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from messaging.database import Database
from operations.command import app
from operations.services import SERVICES
from tests.operations.events import Databases

Command = Callable[..., Result]
NO_BROKER = "amqp://nobody:nothing@127.0.0.1:9/frist"
"""One that answers nobody: no message waits in a queue."""


@pytest.fixture
def platform_databases(fresh_database: Callable[..., Database[Any]]) -> Databases:
    """An empty database of each service."""
    return {service: fresh_database(service) for service in SERVICES}


@pytest.fixture
def command(platform_databases: Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """`command("parked", "list")`: the `frist` command on these databases."""
    for service, database in platform_databases.items():
        url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        monkeypatch.setenv(f"FRIST_{service.upper()}_DATABASE_URL", url)
    monkeypatch.setenv("FRIST_AMQP_URL", NO_BROKER)
    monkeypatch.setenv("FRIST_FOLDER", str(tmp_path))
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])
