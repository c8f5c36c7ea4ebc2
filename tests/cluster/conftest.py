"""The tests' broker is a cluster here."""

from collections.abc import Iterator

import pytest

from operations.broker import Broker
from tests.messaging.conftest import a_sample, vhost_url
from tests.support.cluster import Cluster

__all__ = ["a_sample", "vhost_url"]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three nodes, once for all tests here."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="module")
def broker(cluster: Cluster) -> Broker:
    """What every other test calls the broker."""
    return cluster.broker
