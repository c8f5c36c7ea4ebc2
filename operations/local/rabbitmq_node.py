"""A private RabbitMQ node from the installed `rabbitmq-server`: any user, own ports, own name, own folder.

Any number can run on one machine: each has its own port mapper (epmd) too, which ends with it.
"""

import os
import shutil
import subprocess
from functools import partial
from pathlib import Path

from frist_contracts import MAX_BYTES
from operations.broker import Broker
from operations.errors import StartError
from operations.local import processes
from operations.local.secrets import keep_private, secret_in

SERVERS = (
    "/usr/lib/rabbitmq/bin/rabbitmq-server",
    "/opt/homebrew/sbin/rabbitmq-server",
    "/usr/local/sbin/rabbitmq-server",
)
"""The plain start scripts; Debian's /usr/sbin/rabbitmq-server insists on the account `rabbitmq`."""

NO_BUSY_WAITING = "+sbwt none +sbwtdcpu none +sbwtdio none"
"""Erlang's schedulers spin when idle, which takes the processor from the services beside them."""


def installed() -> bool:
    """Whether this machine has a broker of its own."""
    return _server() is not None


def start(folder: Path, vhost: str) -> Broker:
    """Start the node of this folder and wait until it answers."""
    processes.end_left_over(folder / "node.pid", "beam")
    processes.end_left_over(folder / "epmd.pid", "epmd")
    amqp, management, distribution, mapper = processes.free_ports(4)
    password = secret_in(folder / "password")
    _configure(folder, vhost, password, management)
    environment = _environment(folder, amqp, distribution, mapper)
    epmd = _start_port_mapper(folder, mapper, environment)
    server = processes.start([str(_server()), "-noinput"], env=environment, log=folder / "rabbitmq.log")
    (folder / "epmd.pid").write_text(str(epmd.pid))
    broker = Broker(
        f"amqp://frist:{password}@127.0.0.1:{amqp}/{vhost}",
        f"http://frist:{password}@127.0.0.1:{management}",
        partial(_stop, server, epmd),
        server.pid,
    )
    try:
        broker.wait_until_ready(lambda: server.poll() is None)
    except StartError as error:
        broker.stop()
        raise StartError(f"{error}. Its log ends:\n{processes.last_lines(folder / 'rabbitmq.log')}") from error
    return broker


def _server() -> str | None:
    return next((path for path in SERVERS if os.access(path, os.X_OK)), None)


def _configure(folder: Path, vhost: str, password: str, management: int) -> None:
    (folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
    lines = [
        f"default_vhost = {vhost}",
        "default_user = frist",
        f"default_pass = {password}",
        "default_user_tags.administrator = true",
        "management.tcp.ip = 127.0.0.1",
        f"management.tcp.port = {management}",
        "management.rates_mode = none",
        "collect_statistics_interval = 10000",
        "disk_free_limit.absolute = 200MB",
        f"max_message_size = {MAX_BYTES}",
    ]
    keep_private(folder / "rabbitmq.conf", "\n".join(lines) + "\n")
    cookie = folder / ".erlang.cookie"
    secret_in(cookie)
    cookie.chmod(0o600)


def _environment(folder: Path, amqp: int, distribution: int, mapper: int) -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:" + os.defpath,
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "ERL_EPMD_PORT": str(mapper),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_CONF_ENV_FILE": str(folder / "no-environment-file"),
        "RABBITMQ_NODENAME": "frist@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(amqp),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_PID_FILE": str(folder / "node.pid"),
        "RABBITMQ_ALLOW_INPUT": "true",  # no shell around the node: its PID is the one we started
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": NO_BUSY_WAITING + " -kernel inet_dist_use_interface {127,0,0,1}",
    }


def _start_port_mapper(folder: Path, port: int, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    epmd = shutil.which("epmd", path=environment["PATH"])
    if epmd is None:
        raise StartError("Erlang's port mapper `epmd` was not found beside rabbitmq-server: reinstall erlang-base")
    command = [epmd, "-port", str(port), "-address", "127.0.0.1"]
    return processes.start(command, env=environment, log=folder / "epmd.log")


def _stop(server: "subprocess.Popen[bytes]", epmd: "subprocess.Popen[bytes]") -> None:
    processes.stop(server, patience=3)  # queues are closed in the first tenth; the rest is waiting for timeouts
    processes.stop(epmd)
