"""Starting what is measured as a process of its own, and waiting for what it does."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from operations import settings
from operations.errors import StartError
from operations.local import processes

ROOT = Path(__file__).parents[1]
LONGEST_SECONDS = 180.0


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process for as long as it is needed."""
    with ExitStack() as ends:
        process = processes.start(command, env={**settings.inherited(), **environment}, log=log)
        ends.callback(processes.stop, process)
        yield process


def subject(service: str, what: str, role: str) -> list[str]:
    """The command of a process of the subject, as `subject("scheduling", "service:OneByOne", "worker")`."""
    return [sys.executable, "-m", "benchmarks.subject.process", service, what, role]


def wait_until(
    condition: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path, what: str, look_seconds: float = 0.1
) -> None:
    """Return when the condition holds; raises StartError, with the end of the log, when it cannot any more."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            raise StartError(f"{what} did not come to its end. Its log ends:\n{processes.last_lines(log)}")
        time.sleep(look_seconds)
