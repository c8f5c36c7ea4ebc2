"""Workers and relays of tests begin as copies of a process that has imported what they are made of.

A run of the tests starts some three hundred, and importing is most of what a start costs. What begins is what `python -m`
begins: the module is run as `__main__`, in a session, with an environment and a log of its own, and signals and exit codes
are the real ones. Whole platforms (`tests/system`, `tests/crash`) and `tests/operations` start processes the ordinary way.

`python -m tests.support.nursery green|plain` is the process that is copied: it reads wishes, and tells what became of them.
"""

import atexit
import importlib
import json
import os
import posix
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from queue import Queue
from typing import Any

from messaging.launcher import become_green
from messaging.starting import starting

ROOT = Path(__file__).parents[2]
PRELOADED = {"green": "tests.messaging.sample_service", "plain": "messaging.relay"}


class Child:
    """A process that was begun here, with what tests need of `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = threading.Event()

    def poll(self) -> int | None:
        """The exit code, or None while it runs; negative for the signal that ended it."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once it has ended; raises `subprocess.TimeoutExpired`."""
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """As kill -9."""
        self.send_signal(signal.SIGKILL)

    def note_end(self, code: int) -> None:
        """It has ended."""
        self.returncode = code
        self._ended.set()


class Nursery:
    """The process that is copied, from the outside."""

    def __init__(self, kind: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, kind],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._lock = threading.Lock()
        self._begun: Queue[Child] = Queue()
        self._children: dict[int, Child] = {}
        threading.Thread(target=self._listen, daemon=True).start()
        atexit.register(self._end)

    def begin(self, module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Child:
        """Run a module as a process; what it says goes to the end of the log. Raises `queue.Empty` where nobody answers."""
        log.touch()  # a test may read it before the process has written to it
        wish = {"module": module, "arguments": list(arguments), "environment": dict(environment), "log": str(log)}
        assert self._process.stdin
        with self._lock:
            self._process.stdin.write(json.dumps(wish).encode() + b"\n")
            self._process.stdin.flush()
            return self._begun.get(timeout=60)

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            pid, code = json.loads(line)
            if code is not None:
                self._children.pop(pid).note_end(code)
            else:
                self._children[pid] = Child(pid)
                self._begun.put(self._children[pid])

    def _end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)


@cache
def nursery(kind: str) -> Nursery:
    """The one of this test process: `green` for workers, `plain` for all else."""
    return Nursery(kind)


def _tell(pid: int, code: int | None) -> None:
    posix.write(1, json.dumps([pid, code]).encode() + b"\n")


def _tell_of_ended(*_: object) -> None:
    while True:
        try:
            pid, status = posix.waitpid(-1, posix.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        _tell(pid, os.waitstatus_to_exitcode(status))


def _wishes() -> dict[str, Any] | None:
    """In each copy what it is to become; in the process that is copied None, once nobody is there any more.

    By the system's own calls: eventlet's would begin a loop that copies would share.
    """
    while told := _told():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # that one began is told before its end
        if not (pid := posix.fork()):
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        else:
            _tell(pid, None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        if not pid:
            wish: dict[str, Any] = json.loads(told)
            return wish
    return None


def _told() -> bytes:
    told = b""
    while not told.endswith(b"\n"):
        if not (read := posix.read(0, 1 << 16)):
            return b""
        told += read
    return told


def _become(wish: dict[str, Any]) -> None:
    posix.setsid()
    nothing = posix.open("/dev/null", posix.O_RDONLY)
    log = posix.open(wish["log"], posix.O_WRONLY | posix.O_APPEND | posix.O_CREAT, 0o644)
    for number, given in enumerate((nothing, log, log)):
        posix.dup2(given, number)
    os.environ.clear()
    os.environ.update(wish["environment"])
    sys.argv[1:] = wish["arguments"]
    runpy.run_module(wish["module"], run_name="__main__", alter_sys=True)


def _main(kind: str) -> None:
    with starting():
        if kind == "green":
            become_green()
        importlib.import_module(PRELOADED[kind])
    signal.signal(signal.SIGCHLD, _tell_of_ended)
    if (wish := _wishes()) is not None:
        _become(wish)


if __name__ == "__main__":
    _main(sys.argv[1])
