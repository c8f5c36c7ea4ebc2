"""RabbitMQ as a container, for a machine that has a Docker engine and no broker."""

import shutil
import subprocess
from functools import partial
from pathlib import Path

from frist_contracts import MAX_BYTES
from operations.broker import Broker
from operations.errors import StartError
from operations.local import processes
from operations.local.secrets import secret_in

IMAGE = "rabbitmq:4-management"


def engine_answers() -> bool:
    """Whether a Docker engine can be used from here."""
    return shutil.which("docker") is not None and _docker("info").returncode == 0


def start(folder: Path, vhost: str) -> Broker:
    """Start the container of this folder and wait until it answers; its data lives as long as it does."""
    password = secret_in(folder / "password")
    amqp, management = processes.free_ports(2)
    left_behind = folder / "container"
    if left_behind.exists():
        _remove(left_behind.read_text())  # of a run that was killed
    settings = {
        "RABBITMQ_DEFAULT_USER": "frist",
        "RABBITMQ_DEFAULT_PASS": password,
        "RABBITMQ_DEFAULT_VHOST": vhost,
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-rabbit max_message_size {MAX_BYTES}",
    }
    done = _docker(
        *("run", "--detach", "--rm"),
        *(part for name, value in settings.items() for part in ("--env", f"{name}={value}")),
        *("--publish", f"127.0.0.1:{amqp}:5672", "--publish", f"127.0.0.1:{management}:15672"),
        IMAGE,
    )
    if done.returncode != 0:
        raise StartError(f"Docker could not start {IMAGE}:\n{done.stderr}")
    container = done.stdout.strip()
    left_behind.write_text(container)
    broker = Broker(
        f"amqp://frist:{password}@127.0.0.1:{amqp}/{vhost}",
        f"http://frist:{password}@127.0.0.1:{management}",
        partial(_remove, container),
        control=partial(_control, container),
        container=container,
    )
    try:
        broker.wait_until_ready(lambda: _docker("inspect", container).returncode == 0)
    except BaseException:
        _remove(container)
        raise
    return broker


def _control(container: str, *arguments: str) -> str:
    done = _docker("exec", container, "rabbitmqctl", "--quiet", *arguments)
    done.check_returncode()
    return done.stdout


def _remove(container: str) -> None:
    _docker("rm", "--force", container)


def _docker(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
