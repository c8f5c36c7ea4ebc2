"""Kills processes of the platform with -9 in the middle of a virtual day, to show that nothing changes by it."""

import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from operations.errors import OperationsError
from operations.rehearsal.settings import Kill

PATIENCE_SECONDS = 30.0


class NothingToKillError(OperationsError):
    """The process to be killed is not one of the stack's, or did not come back."""


class Faults:
    """The kills that were asked for; each happens once."""

    def __init__(self, kills: Sequence[Kill], folder: Path, say: Callable[[str], None]) -> None:
        self._kills = list(kills)
        self._file = folder / "processes.json"
        self._say = say
        self.killed: list[str] = []

    def strike(self, day_number: int) -> None:
        """Kill what is to be killed in the middle of this day."""
        for kill in [kill for kill in self._kills if kill.day == day_number]:
            self._kills.remove(kill)
            pid = self._pid(kill.process)
            os.kill(pid, signal.SIGKILL)
            self.killed.append(f"{kill.process} (pid {pid}) on day {day_number}")
            self._say(f"killed -9: {self.killed[-1]}")

    def _pid(self, name: str) -> int:
        """The PID of a process; one that is just being started again is waited for."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            running = {row["name"]: row["pid"] for row in json.loads(self._file.read_text())}
            if name not in running:
                raise NothingToKillError(f"There is no process {name!r}; there are: {', '.join(sorted(running))}.")
            if running[name] is not None:
                return int(running[name])
            if time.monotonic() > deadline:
                raise NothingToKillError(f"{name} does not run, so it cannot be killed.")
            time.sleep(0.05)
