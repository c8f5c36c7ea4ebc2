"""The sample service under load, what is in its queues, and `--long` for outages as long as they get."""

from collections.abc import Callable
from typing import Any

import pytest

from messaging.topology import queue_name
from operations.broker import Broker
from tests.messaging.conftest import Sample, a_sample, vhost_url

__all__ = ["a_sample", "vhost_url"]

SILENCE_SECONDS = 6
"""Instead of ninety: heartbeats every second, two seconds for a confirm, six for the watchdog."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="outages of ten minutes, queues of 200,000")


@pytest.fixture(scope="session")
def is_long(request: pytest.FixtureRequest) -> bool:
    """Whether this run takes its time."""
    return bool(request.config.getoption("--long", default=False))


@pytest.fixture
def sample(a_sample: Callable[[str], Sample]) -> Sample:
    """A service that listens to itself and has little patience with silence."""
    sample = a_sample("reporting")
    sample.environment["FRIST_SILENCE_SECONDS"] = str(SILENCE_SECONDS)
    return sample


@pytest.fixture
def queue(broker: Broker, vhost_url: str) -> Callable[[Sample, str], dict[str, Any]]:
    """`queue(sample, "bulk")`: what the broker says of one lane now."""

    def ask(sample: Sample, lane: str) -> dict[str, Any]:
        vhost = vhost_url.rpartition("/")[2]
        options = "?disable_stats=true&enable_queue_totals=true"
        rows = broker.ask("GET", f"/api/queues/{vhost}{options}")
        return next((row for row in rows if row["name"] == queue_name(sample.service, lane)), {})

    return ask


@pytest.fixture
def consumers(broker: Broker, vhost_url: str) -> Callable[[], set[str]]:
    """The connections that consume now; a connection that was lost and made again has another name."""

    def ask() -> set[str]:
        rows = broker.ask("GET", f"/api/consumers/{vhost_url.rpartition('/')[2]}")
        return {row["channel_details"]["name"] for row in rows if row["channel_details"]}  # none yet, or none any more

    return ask
