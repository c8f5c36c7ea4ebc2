"""What a test run needs that goes side by side, in several pytest processes with servers of their own (`make test`)."""

from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest

PLATFORM = "platform"
LONGEST = ("tests/faults/", "tests/messaging/", "tests/simulation/", "tests/hostile/", "tests/benchmarks/")
PATIENCE_SECONDS = 5.0


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Who shares what is costly to make stays together, and what takes longest begins first.

    A module's tests share their module's fixtures, and all that look at the platform from outside share one.
    """
    if not config.getoption("loadgroup", default=False):
        return
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: (_group(item) != PLATFORM, not item.nodeid.startswith(LONGEST)))


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Leave nothing running: when a run is interrupted its processes are killed, and do not come to end what they started."""
    is_leader = session.config.getoption("numprocesses", default=None) and not hasattr(session.config, "workerinput")
    started = psutil.Process().children(recursive=True) if is_leader else []
    yield
    for process in started:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in psutil.wait_procs(started, timeout=PATIENCE_SECONDS)[1]:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def _group(item: pytest.Item) -> str:
    return PLATFORM if PLATFORM in getattr(item, "fixturenames", ()) else item.nodeid.partition("::")[0]
