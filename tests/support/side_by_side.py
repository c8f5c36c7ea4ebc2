"""What a test run needs that goes side by side, in several pytest processes with servers of their own (`make test`)."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psutil
import pytest
from xdist.scheduler import LoadScopeScheduling

from operations.local import processes

SEES_PLATFORM = (
    "tests/crash/",
    "tests/browser/",
    "tests/system/",
    "tests/tracing/test_journey_traced.py",
    "tests/operations/test_running.py",
    "tests/rehearsal/test_closing.py",
)
"""Tests that look at the platform from outside: one process has them all, so that only one starts a platform."""
LONGEST = (
    *SEES_PLATFORM,
    "tests/faults/",
    "tests/messaging/",
    "tests/simulation/",
    "tests/hostile/",
    "tests/benchmarks/",
    "tests/operations/test_up.py",
)
"""What begins first, so that nobody waits for it at the end."""


class OnePlatform(LoadScopeScheduling):
    """Gives a process a whole module at a time, as its tests share what is costly to make, or the whole platform's tests."""

    def _split_scope(self, nodeid: str) -> str:
        return "platform" if _sees_platform(nodeid) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OnePlatform:
    """Have tests shared out like that."""
    return OnePlatform(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest begins first; a run in one process keeps the order of the folders."""
    if _is_beside_others(config):
        items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@contextmanager
def ended_after_its_last_test() -> Iterator[ExitStack]:
    """What the platform's fixture opens: closed when no test sees it any more, as it costs a processor even at rest."""
    with ExitStack() as end:
        _ends.append(end)
        yield end


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """After the fixtures of the last test that sees the platform, end the platform; in one process they do not stand together."""
    yield
    if (
        _is_beside_others(item.config)
        and _sees_platform(item.nodeid)
        and not (nextitem and _sees_platform(nextitem.nodeid))
    ):
        for end in _ends:
            end.close()


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Leave nothing running: when a run is interrupted its processes are killed, and do not come to end what they started."""
    is_leader = session.config.getoption("numprocesses", default=None) and not _is_beside_others(session.config)
    started = psutil.Process().children(recursive=True) if is_leader else []
    yield
    processes.end_all(started)


_ends: list[ExitStack] = []


def _is_beside_others(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _sees_platform(nodeid: str) -> bool:
    return nodeid.startswith(SEES_PLATFORM)
