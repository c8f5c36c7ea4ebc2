"""Starting and stopping one child process, and finding a free port for it."""

import os
import random
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Lock

import psutil

_given_out: set[int] = set()
_giving_out = Lock()


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on now and nobody was given before, all different.

    From below the range that systems give to outgoing connections: none of those can take one before it is used.
    """
    with ExitStack() as held, _giving_out:
        found: list[int] = []
        while len(found) < count:
            port = random.randrange(20_000, 32_000)
            if port in _given_out:  # who was given it may not listen yet
                continue
            each = held.enter_context(socket.socket())
            try:
                each.bind(("127.0.0.1", port))
            except OSError:
                continue
            found.append(port)
            _given_out.add(port)
        return found


def answers(port: int) -> bool:
    """Whether somebody accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start(command: Sequence[str], *, env: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """Start a child in a session of its own, so that Ctrl-C reaches us alone and we stop it in order."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def give_way(pid: int, nice: int) -> None:
    """Let others go before this process when the processors are short; a wish, and no error where it cannot be had.

    Linux may weigh sessions against each other and the niceness of their processes only within them (`sched(7)`,
    autogroups), and what we start has a session of its own: so the session is told as well.
    """
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, nice)
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(nice))


def stop(process: "subprocess.Popen[bytes]", *, ask: signal.Signals = signal.SIGTERM, patience: float = 10) -> None:
    """Ask a child to end, and end it (and what it started) when it has not after `patience` seconds."""
    if process.poll() is None:
        process.send_signal(ask)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def end_left_over(pid_file: Path, name: str) -> None:
    """End a process that a killed run left behind, when `pid_file` still names it."""
    try:
        left = psutil.Process(int(pid_file.read_text().split()[0]))
        if name not in left.name():
            return
        left.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
        left.wait(10)
    except psutil.TimeoutExpired:
        left.kill()
        left.wait()
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return


def end_all(running: Sequence[psutil.Process], patience: float = 5) -> None:
    """Ask processes that are no children of ours to end, and end those that have not after `patience` seconds."""
    for process in running:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in psutil.wait_procs(running, timeout=patience)[1]:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log file, for a message about why something did not start."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:]) if log.exists() else ""
