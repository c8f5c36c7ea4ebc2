"""However often somebody says Ctrl-C, nothing that was started is left running."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from operations.local.postgres import start_postgres
from operations.local.processes import end_all
from operations.local.undisturbed import put_off
from tests.operations.as_processes import outside, read_until, running_in
from tests.support.waiting import eventually

STACK = """
import sys
from functools import partial
from pathlib import Path
from operations.local.configuration import Wishes
from operations.local.stack import Stack

with Stack(Path(sys.argv[1]), Wishes(port=0, web_processes=1), say=partial(print, flush=True)):
    pass
"""


@contextmanager
def a_stack(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """One with servers of its own, in a process of its own."""
    command = [sys.executable, "-c", STACK, str(folder)]
    with subprocess.Popen(command, env=outside(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as stack:
        try:
            yield stack
        finally:
            stack.kill()
            end_all(running_in(folder))


def test_ctrl_c_again_while_it_stops_leaves_nothing_running(tmp_path: Path) -> None:
    with a_stack(tmp_path) as stack:
        read_until(stack, "Starting the web")
        stack.send_signal(signal.SIGINT)
        read_until(stack, "Stopping ...")
        stack.send_signal(signal.SIGINT)
        stack.send_signal(signal.SIGTERM)
        stack.communicate(timeout=120)

        assert running_in(tmp_path) == []


def test_ctrl_c_twice_while_the_broker_starts_leaves_nothing_running(tmp_path: Path) -> None:
    with a_stack(tmp_path) as stack:
        read_until(stack, "Bringing four databases")
        stack.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):  # it waits for the broker, which cannot be stopped before it is up
            stack.wait(timeout=0.5)
        stack.send_signal(signal.SIGINT)
        stack.communicate(timeout=120)

        assert running_in(tmp_path) == []


def test_ctrl_c_while_postgresql_starts_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.delenv("FRIST_DATABASE_URL", raising=False)
    monkeypatch.setattr(psycopg, "connect", interrupted)

    try:
        with pytest.raises(KeyboardInterrupt):
            start_postgres(tmp_path)

        eventually(lambda: not running_in(tmp_path), "the server has ended", seconds=10)
    finally:
        end_all(running_in(tmp_path))


def test_a_signal_that_comes_while_something_is_begun_is_heard_once_it_is_known() -> None:
    known = []
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background has it ignored
    try:
        with pytest.raises(KeyboardInterrupt), put_off():
            signal.raise_signal(signal.SIGINT)
            known.append("begun")
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)

    assert known == ["begun"]
