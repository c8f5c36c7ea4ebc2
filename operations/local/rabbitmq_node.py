"""A private RabbitMQ node from the installed `rabbitmq-server`: any user, own ports, own name, own folder.

Any number can run on one machine: each has its own port mapper (epmd) too, which ends with it. The nodes of a cluster
share one.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from frist_contracts import MAX_BYTES
from operations.broker import Broker
from operations.errors import StartError
from operations.local import processes
from operations.local.secrets import keep_private, secret_in

FOLDERS = ("/usr/lib/rabbitmq/bin", "/opt/homebrew/sbin", "/usr/local/sbin")
"""Where the plain start scripts are; Debian's /usr/sbin/rabbitmq-server insists on the account `rabbitmq`."""

NO_BUSY_WAITING = "+sbwt none +sbwtdcpu none +sbwtdio none"
"""Erlang's schedulers spin when idle, which takes the processor from the services beside them."""


def installed() -> bool:
    """Whether this machine has a broker of its own."""
    return _scripts() is not None


def start(folder: Path, vhost: str, *, is_kept: bool = True) -> Broker:
    """Start the node of this folder and wait until it answers; see `Node.stop` for one that is not kept."""
    processes.end_left_over(folder / "node.pid", "beam")
    processes.end_left_over(folder / "epmd.pid", "epmd")
    mapper = PortMapper(folder)
    node = Node(folder, vhost, mapper)
    try:
        node.start()
        node.wait_until_ready()
    except StartError:
        node.stop()
        mapper.stop()
        raise

    def stop() -> None:
        node.stop(is_kept=is_kept)
        mapper.stop()

    return Broker(node.amqp_url, node.management_url, stop, node.pid, node.control)


class PortMapper:
    """Erlang's epmd, which tells nodes where their peers listen; runs from here to `stop`."""

    def __init__(self, folder: Path) -> None:
        epmd = shutil.which("epmd", path=_path())
        if epmd is None:
            raise StartError("Erlang's port mapper `epmd` was not found beside rabbitmq-server: reinstall erlang-base")
        (self.port,) = processes.free_ports(1)
        command = [epmd, "-port", str(self.port), "-address", "127.0.0.1"]
        self._process = processes.start(command, env={"PATH": _path()}, log=folder / "epmd.log")
        (folder / "epmd.pid").write_text(str(self._process.pid))

    def stop(self) -> None:
        """End it."""
        processes.stop(self._process)


class Node:
    """One node. Its folder, name and ports stay the same when it is started again.

    `lines` are added to its `rabbitmq.conf`; nodes of one cluster have the same cookie and password in their folders.
    """

    def __init__(
        self, folder: Path, vhost: str, mapper: PortMapper, name: str = "frist", lines: Sequence[str] = ()
    ) -> None:
        self.folder = folder
        self.name = f"{name}@localhost"
        amqp, management, distribution = processes.free_ports(3)
        password = secret_in(folder / "password")
        self.amqp_url = f"amqp://frist:{password}@127.0.0.1:{amqp}/{vhost}"
        self.management_url = f"http://frist:{password}@127.0.0.1:{management}"
        self._log = folder / "rabbitmq.log"
        self._environment = _environment(folder, self.name, amqp, distribution, mapper.port)
        self._process: subprocess.Popen[bytes] | None = None
        _configure(folder, vhost, password, management, lines)

    @property
    def pid(self) -> int | None:
        """The node's process, while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start its process."""
        command = [f"{_scripts()}/rabbitmq-server", "-noinput"]
        self._process = processes.start(command, env=self._environment, log=self._log)

    def wait_until_ready(self, patience: float = 90) -> None:
        """Return when it answers; raise StartError, with the end of its log, when it does not."""
        broker = Broker(self.amqp_url, self.management_url)
        try:
            broker.wait_until_ready(lambda: self._process is not None and self._process.poll() is None, patience)
        except StartError as error:
            raise StartError(f"{error}. Its log ends:\n{processes.last_lines(self._log)}") from error

    def control(self, *arguments: str) -> str:
        """What `rabbitmqctl` says to these arguments; raises CalledProcessError when it fails."""
        command = [f"{_scripts()}/rabbitmqctl", "--quiet", *arguments]
        return subprocess.run(command, env=self._environment, check=True, capture_output=True, text=True).stdout

    def kill(self) -> None:
        """End its process as a power cut would."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            process.wait()

    def stop(self, *, is_kept: bool = True) -> None:
        """End it in order: queues are closed in the first tenth of a second, the rest is waiting for timeouts. One whose data
        is not kept is ended at once.
        """
        process, self._process = self._process, None
        if process is not None:
            processes.stop(process, patience=3 if is_kept else 0)


def _scripts() -> str | None:
    return next((folder for folder in FOLDERS if os.access(f"{folder}/rabbitmq-server", os.X_OK)), None)


def _path() -> str:
    return "/usr/local/bin:" + os.defpath


def _configure(folder: Path, vhost: str, password: str, management: int, lines: Sequence[str]) -> None:
    (folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
    settings = [
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
        *lines,
    ]
    keep_private(folder / "rabbitmq.conf", "\n".join(settings) + "\n")
    cookie = folder / ".erlang.cookie"
    secret_in(cookie)
    cookie.chmod(0o600)


def _environment(folder: Path, name: str, amqp: int, distribution: int, mapper: int) -> dict[str, str]:
    return {
        "PATH": _path(),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "ERL_EPMD_PORT": str(mapper),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_CONF_ENV_FILE": str(folder / "no-environment-file"),
        "RABBITMQ_NODENAME": name,
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
