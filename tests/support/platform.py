"""The whole platform as processes, on the servers of the test run."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from operations.broker import Broker
from operations.local.configuration import Wishes
from operations.local.stack import Stack
from tests.support.collector import Collector


@contextmanager
def a_platform(postgres_url: str, broker: Broker, folder: Path, traces: Collector) -> Iterator[Stack]:
    """The four services' web, workers and relays, in databases and a virtual host of their own, all traced."""
    name = f"platform{uuid.uuid4().hex[:8]}"
    own = broker.with_vhost(name)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FRIST_DATABASE_URL", postgres_url)
        environment.setenv("FRIST_AMQP_URL", own.amqp_url)
        environment.setenv("FRIST_AMQP_MANAGEMENT_URL", own.management_url)
        environment.setenv("FRIST_PAGE_SECONDS", "3")  # a rebuild waits for the page that closes over its last event
        environment.setenv("FRIST_OPEN_POSTS_PER_MINUTE", "0")  # all of them come from one address here
        for setting, value in traces.settings().items():
            environment.setenv(setting, value)
        with Stack(folder, Wishes(port=0, web_processes=1, prefix=name)) as stack:
            for setting in traces.settings():
                environment.delenv(setting)  # the platform's processes have it; this one is not to be traced
            yield stack
    broker.without_vhost(name)
