"""What dies is started again; what is told to stop stops."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from operations.local.supervisor import Supervisor, Watched
from tests.support.waiting import eventually

SLEEPS = "import signal; signal.pause()"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True)\nwhile True: signal.pause()"


@pytest.fixture
def deaths() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, deaths: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path, on_death=lambda watched, code: deaths.append(f"{watched.name} {code}"))
    yield supervisor
    supervisor.stop(patience=0.5)


def a_process(folder: Path, code: str = SLEEPS, name: str = "sleeper") -> Watched:
    return Watched(name, [sys.executable, "-c", code], dict(os.environ), folder / f"{name}.log")


def listed(folder: Path) -> dict[str, tuple[int | None, int]]:
    rows = json.loads((folder / "processes.json").read_text())
    return {row["name"]: (row["pid"], row["restarts"]) for row in rows}


def test_a_killed_process_is_started_again(supervisor: Supervisor, tmp_path: Path, deaths: list[str]) -> None:
    supervisor.run(a_process(tmp_path))
    first_pid, _ = listed(tmp_path)["sleeper"]
    assert first_pid

    os.kill(first_pid, signal.SIGKILL)

    second_pid = eventually(lambda: listed(tmp_path)["sleeper"][1] == 1 and listed(tmp_path)["sleeper"][0], "a new PID")
    assert second_pid != first_pid
    assert deaths == ["sleeper -9"]


def test_a_full_disk_is_no_end_of_watching(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.run(a_process(tmp_path))
    first_pid, _ = listed(tmp_path)["sleeper"]
    in_the_way = tmp_path / "processes.new"
    in_the_way.mkdir()  # nothing can be written there

    assert first_pid
    os.kill(first_pid, signal.SIGKILL)
    eventually(lambda: supervisor.running()[0].restarts == 1 and supervisor.running()[0].process, "another process")
    in_the_way.rmdir()

    eventually(lambda: listed(tmp_path)["sleeper"][1] == 1 and listed(tmp_path)["sleeper"][0] != first_pid, "its PID")


def test_a_process_that_dies_at_once_is_started_ever_more_rarely(supervisor: Supervisor, tmp_path: Path) -> None:
    watched = a_process(tmp_path, code="raise SystemExit(3)")

    supervisor.run(watched)

    eventually(lambda: watched.restarts >= 3, "three restarts")
    assert watched.wait_seconds >= 1


def test_stop_ends_even_what_does_not_listen(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.run(a_process(tmp_path, DEAF, "deaf"), a_process(tmp_path))
    eventually(lambda: (tmp_path / "deaf.log").read_text().startswith("deaf"), "the deaf one is up")
    pids = [pid for pid, _ in listed(tmp_path).values() if pid]

    supervisor.stop(patience=0.5)

    assert len(pids) == 2
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert not (tmp_path / "processes.json").exists()


def test_a_process_that_stands_behind_lets_others_go_first(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.run(a_process(tmp_path), replace(a_process(tmp_path, name="behind"), nice=7))

    pids = {name: pid or 0 for name, (pid, _) in listed(tmp_path).items()}

    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, pids["sleeper"]) == ours
    assert os.getpriority(os.PRIO_PROCESS, pids["behind"]) == max(ours, 7)
    sessions = {name: Path(f"/proc/{pid}/autogroup") for name, pid in pids.items()}
    if sessions["behind"].exists():  # a Linux that weighs sessions
        assert sessions["behind"].read_text().split()[-1] == "7"
        assert sessions["sleeper"].read_text().split()[-1] == "0"


def test_what_a_killed_run_left_behind_is_ended(tmp_path: Path) -> None:
    abandoned = Supervisor(tmp_path, on_death=lambda watched, code: None)
    abandoned.run(a_process(tmp_path))
    watched = abandoned.running()[0]
    assert watched.process is not None

    ended = Supervisor(tmp_path, on_death=lambda watched, code: None).end_left_overs()

    assert ended == 1
    assert eventually(lambda: watched.restarts, "its end is noticed") == 1
    abandoned.stop()


def test_a_pid_that_somebody_else_has_now_is_left_alone(tmp_path: Path) -> None:
    rows = [{"name": "web", "pid": os.getpid(), "restarts": 0, "started_at": 1.0}]
    (tmp_path / "processes.json").write_text(json.dumps(rows))

    assert Supervisor(tmp_path, on_death=lambda watched, code: None).end_left_overs() == 0
