"""The `frist` command and a local stack as somebody at a terminal runs them: as processes, with nothing set but what is told."""

import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil


def outside(**settings: str) -> dict[str, str]:
    """The environment of this run without what it says of Frist, and with these settings."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("FRIST_")}
    return bare | {"COLUMNS": "200"} | settings


def frist(*arguments: str, folder: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    """The command from its start to its end, beside the stack of this folder."""
    command = [sys.executable, "-m", "operations", *arguments]
    environment = outside(FRIST_FOLDER=str(folder), **settings)
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def still_running(started: Iterable[psutil.Process], folder: Path) -> list[str]:
    """Which of these run, and what else runs in this folder; one that has ended is gone, whether or not anybody looked after it."""
    left = []
    for process in (*started, *running_in(folder)):
        with suppress(psutil.NoSuchProcess):
            left += [" ".join(process.cmdline())] if process.status() != psutil.STATUS_ZOMBIE else []
    return left


def running_in(folder: Path) -> list[psutil.Process]:
    """What runs with this folder on its command line, or stands in it as the broker's port mapper."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.status() != psutil.STATUS_ZOMBIE and any(str(folder) in word for word in process.cmdline()[1:]):
                found.append(process)
    with suppress(OSError, psutil.NoSuchProcess):
        mapper = psutil.Process(int((folder / "rabbitmq" / "epmd.pid").read_text()))
        found += [mapper] if mapper.name() == "epmd" else []
    return found


def read_until(stack: "subprocess.Popen[str]", begin: str) -> list[str]:
    """Read what it says, up to a line that begins so; returns the lines, that one too."""
    assert stack.stdout is not None
    said = []
    for line in stack.stdout:
        said.append(line)
        if line.startswith(begin):
            return said
    raise AssertionError(f"it never said {begin!r}: {''.join(said)}")
