"""Keeps a set of processes running: what dies is started again, a little later each time it dies at once."""

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from operations.local import processes
from operations.local.undisturbed import put_off

LONGEST_WAIT_SECONDS = 15.0
STEADY_AFTER_SECONDS = 30.0
"""A process that lived this long starts again at once when it dies."""


@dataclass
class Watched:
    """One process that is to run until it is told to stop; one with `nice` above 0 lets others go first."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    log: Path
    nice: int = 0
    process: "subprocess.Popen[bytes] | None" = None
    restarts: int = 0
    started_at: float = 0.0
    due_at: float = 0.0
    wait_seconds: float = field(default=0.0)

    def start(self) -> None:
        """Start it, with its output at the end of its log."""
        self.process = processes.start(self.command, env=self.environment, log=self.log)
        if self.nice:
            processes.give_way(self.process.pid, self.nice)
        self.started_at = time.monotonic()

    def has_died(self) -> bool:
        """Whether it ran and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def plan_restart(self) -> None:
        """Wait longer each time it died young."""
        steady = time.monotonic() - self.started_at > STEADY_AFTER_SECONDS
        self.due_at = time.monotonic() + (0.0 if steady else self.wait_seconds)
        self.wait_seconds = 0.5 if steady else min(max(0.5, self.wait_seconds * 2), LONGEST_WAIT_SECONDS)
        self.process = None
        self.restarts += 1

    def as_row(self) -> dict[str, Any]:
        """Its entry in `processes.json`."""
        pid = self.process.pid if self.process else None
        return {"name": self.name, "pid": pid, "restarts": self.restarts, "started_at": _started_at(pid)}


class Supervisor:
    """Runs processes, restarts them when they die, and says in a file which they are.

    `processes.json` holds name, pid and restarts of each, for whoever wants to look at one, or to kill it. `started_at` tells
    the process from another that was given the same pid later.
    """

    def __init__(self, folder: Path, on_death: Callable[[Watched, int], None]) -> None:
        self._file = folder / "processes.json"
        self._on_death = on_death
        self._watched: list[Watched] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def run(self, *watched: Watched) -> None:
        """Start these and watch over them from now on."""
        with self._lock, put_off():
            for each in watched:
                each.start()
                self._watched.append(each)
            self._write()
        if not self._thread.is_alive():
            self._thread.start()

    def end_left_overs(self) -> int:
        """End what a supervisor of this folder left running when it was killed; returns how many were ended."""
        rows = json.loads(self._file.read_text()) if self._file.exists() else []
        left = [found for row in rows if (found := _still_runs(row))]
        processes.end_all(left)
        self._file.unlink(missing_ok=True)
        return len(left)

    def running(self) -> list[Watched]:
        """Everything that is watched over."""
        with self._lock:
            return list(self._watched)

    def stop(self, patience: float = 20) -> None:
        """Ask all to stop at once, and end what has not within `patience` seconds."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        alive = [each.process for each in self._watched if each.process is not None and each.process.poll() is None]
        for process in alive:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + patience
        for process in alive:
            processes.stop(process, patience=max(0.1, deadline - time.monotonic()))
        if self._watched:  # else the file may name what an earlier one left behind
            self._file.unlink(missing_ok=True)

    def _watch(self) -> None:
        """A full disk, or no room for a process, is no end: what could not be done is tried again."""
        changed = False
        while not self._stopping.wait(0.1):
            with self._lock:
                for each in self._watched:
                    try:
                        changed |= self._look_after(each)
                    except OSError:
                        each.due_at = time.monotonic() + 1
                if changed:
                    with suppress(OSError):
                        self._write()
                        changed = False

    def _look_after(self, watched: Watched) -> bool:
        if watched.process is not None and watched.has_died():
            code = watched.process.returncode
            watched.plan_restart()
            self._on_death(watched, code)
            return True
        if watched.process is None and time.monotonic() >= watched.due_at:
            watched.start()
            return True
        return False

    def _write(self) -> None:
        rows = [each.as_row() for each in self._watched]
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(rows, indent=1) + "\n")
        new.replace(self._file)


def _started_at(pid: int | None) -> float | None:
    try:
        return psutil.Process(pid).create_time() if pid else None
    except psutil.NoSuchProcess:
        return None


def _still_runs(row: dict[str, Any]) -> psutil.Process | None:
    try:
        process = psutil.Process(row["pid"]) if row["pid"] else None
        return process if process and process.create_time() == row["started_at"] else None
    except psutil.NoSuchProcess:
        return None
