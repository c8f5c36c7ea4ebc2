"""`frist up` (`make up`) as somebody runs it: it serves until Ctrl-C, leaves nothing running, and finds its data again."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import psutil

from operations.local.processes import answers, end_all, free_ports
from operations.services import KINDS, SERVICES
from tests.operations.as_processes import frist, outside, read_until, running_in, still_running

PROGRAMME = Path(__file__).parents[2] / "programmes" / "se-it-micro-2001.yaml"
PROCESSES = {"catcher", "web", *(f"{service}-{kind}" for service in SERVICES for kind in KINDS)}
INTERRUPTED = 130
USUAL = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL}
"""A run in the background has SIGINT ignored, one after `nohup` SIGHUP, and a process hands on what it ignores."""


@contextmanager
def up(folder: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """`frist up` at a terminal of its own, where Ctrl-C reaches all that stands in its foreground."""
    environment = outside(FRIST_FOLDER=str(folder), FRIST_PORT=str(port), FRIST_PAGE_SECONDS="3")
    heard = {number: signal.signal(number, usual) for number, usual in USUAL.items()}
    with subprocess.Popen(
        [sys.executable, "-m", "operations", "up"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as stack:
        for number, before in heard.items():
            signal.signal(number, before)
        try:
            yield stack
        finally:
            started = psutil.Process(stack.pid).children(recursive=True) if stack.poll() is None else []
            stack.kill()
            end_all([*started, *running_in(folder)])


def press_ctrl_c(stack: "subprocess.Popen[str]") -> str:
    """Returns what it says from then on, to its end."""
    os.killpg(stack.pid, signal.SIGINT)
    return stack.communicate(timeout=120)[0]


def asked(path: str, port: int) -> str:
    with urlopen(f"http://localhost:{port}{path}", timeout=30) as answer:
        assert answer.status == 200
        return str(answer.read().decode())


def told(command: str, folder: Path) -> str:
    """What the command says in another terminal."""
    done = frist(*command.split(), folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_serves_until_ctrl_c_and_finds_its_data_again(tmp_path: Path) -> None:
    folder, (port,) = tmp_path / "stack", free_ports(1)

    with up(folder, port) as stack:
        said = "".join(read_until(stack, "Next: frist programme apply"))
        assert f"http://localhost:{port}\n" in said
        assert "Frist" in asked("/", port)
        for service in SERVICES:
            asked(f"/{service}/health/ready", port)
        status = json.loads(told("status --json", folder))
        assert {each["name"] for each in status["processes"] if each["pid"] and not each["restarts"]} == PROCESSES
        told(f"programme apply {PROGRAMME}", folder)
        told("staff add Karin karin@example.se", folder)
        assert f"running from {folder} already, in process {stack.pid}" in frist("up", folder=folder).stderr
        started = psutil.Process(stack.pid).children(recursive=True)
        assert len(started) > len(PROCESSES)

        assert press_ctrl_c(stack) == "Stopping ...\n"

        assert stack.returncode == 0
        assert still_running(started, folder) == []
        assert not answers(port)
        assert "make up" in frist("status", folder=folder).stderr

    with up(folder, port) as stack:
        read_until(stack, "Next: frist programme apply")
        assert "karin@example.se" in told("staff list", folder)
        assert PROGRAMME.stem in asked("/registration/api/programmes", port)
        assert json.loads(told("ledger --json --wait 60", folder))["settled"]
        assert PROGRAMME.stem in asked("/reporting/api/programmes", port)
        press_ctrl_c(stack)
        assert stack.returncode == 0


def test_a_terminal_that_is_closed_ends_it_too(tmp_path: Path) -> None:
    with up(tmp_path, free_ports(1)[0]) as stack:
        read_until(stack, "Starting the web")
        started = psutil.Process(stack.pid).children(recursive=True)
        assert stack.stdout is not None

        stack.stdout.close()  # whoever read what it says is gone with the terminal
        os.killpg(stack.pid, signal.SIGHUP)
        stack.wait(timeout=120)

        assert still_running(started, tmp_path) == []


def test_ctrl_c_before_it_is_ready_ends_it_as_interrupted(tmp_path: Path) -> None:
    with up(tmp_path, free_ports(1)[0]) as stack:
        read_until(stack, "Starting the web")
        started = psutil.Process(stack.pid).children(recursive=True)

        press_ctrl_c(stack)

        assert stack.returncode == INTERRUPTED
        assert still_running(started, tmp_path) == []
