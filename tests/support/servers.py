"""PostgreSQL and RabbitMQ for the tests: containers where a Docker engine answers, else processes of this machine.

`FRIST_TEST_WITH=docker` or `=local` insists on one way; then whatever is missing makes the tests fail, never skip.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from operations.broker import Broker
from operations.local import rabbitmq_container
from operations.local.postgres import start_postgres
from operations.local.rabbitmq import start_rabbitmq

POSTGRES_IMAGE = "postgres:17"
RABBITMQ_IMAGE = rabbitmq_container.IMAGE


@cache
def way() -> str:
    """`docker` or `local`: how this test run gets its servers."""
    chosen = os.environ.get("FRIST_TEST_WITH", "")
    if chosen not in ("", "docker", "local"):
        raise ValueError(f"FRIST_TEST_WITH is {chosen!r}: say docker, local, or leave it unset")
    return chosen or ("docker" if _docker_serves() else "local")


def description() -> str:
    """One line for the head of a test run."""
    if way() == "docker":
        return f"servers: {POSTGRES_IMAGE} and {RABBITMQ_IMAGE} in containers"
    return "servers: PostgreSQL and RabbitMQ as processes of this machine"


@contextmanager
def a_postgres() -> Iterator[str]:
    """The admin URL of a PostgreSQL that lives for this test run."""
    if way() == "docker":
        with _postgres_container() as url:
            yield url
        return
    with _folder() as folder:
        server = start_postgres(folder, durable=False)
        try:
            yield server.admin_url
        finally:
            server.stop()


@contextmanager
def a_broker() -> Iterator[Broker]:
    """A RabbitMQ that lives for this test run."""
    with _folder() as folder:
        broker = (
            rabbitmq_container.start(folder, "frist") if way() == "docker" else start_rabbitmq(folder, is_kept=False)
        )
        try:
            yield broker
        finally:
            broker.stop()


@contextmanager
def _postgres_container() -> Iterator[str]:
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")  # one image less to fetch; `with` removes ours
    from testcontainers.postgres import PostgresContainer  # noqa: PLC0415  (reads the environment when imported)

    container = PostgresContainer(POSTGRES_IMAGE, username="postgres", driver=None)
    container.with_command("postgres -c fsync=off -c full_page_writes=off -c max_connections=300 -c jit=off")
    with container:
        yield container.get_connection_url()


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="frist-tests-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _docker_serves() -> bool:
    return rabbitmq_container.engine_answers() and all(map(_image_can_be_had, (POSTGRES_IMAGE, RABBITMQ_IMAGE)))


def _image_can_be_had(image: str) -> bool:
    docker = shutil.which("docker") or "docker"
    attempts = ([docker, "image", "inspect", image], [docker, "pull", "--quiet", image])
    return any(subprocess.run(attempt, capture_output=True, check=False).returncode == 0 for attempt in attempts)
