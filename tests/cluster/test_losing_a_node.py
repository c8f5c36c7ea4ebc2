"""One of three nodes is lost under load: nothing is lost, nothing happens twice, and nobody is told to do anything."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.messaging.conftest import Sample, an_answer, eventually
from tests.support.cluster import Cluster

EVENTS = 1000
Trouble = Callable[[Cluster, Any], AbstractContextManager[None]]


@pytest.fixture
def running(a_sample: Callable[[str], Sample]) -> Sample:
    """Two workers and two relays, with little patience."""
    sample = a_sample("reporting")
    sample.environment["FRIST_SILENCE_SECONDS"] = "13.5"
    sample.start("worker-1", "worker-2", "relay-1", "relay-2")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1, 60)
    return sample


@pytest.mark.parametrize("trouble", [Cluster.killed, Cluster.cut_off])
def test_the_platform_goes_on_with_the_other_two(running: Sample, cluster: Cluster, trouble: Trouble) -> None:
    lost = cluster.node_of("reporting-relay-bulk")
    running.announce(*(an_answer() for _ in range(EVENTS)))
    eventually(lambda: running.effects() > EVENTS // 10)

    with trouble(cluster, lost):
        running.announce(*(an_answer() for _ in range(EVENTS)))
        eventually(lambda: running.effects() >= 2 * EVENTS + 1, 60)

    assert "relay_interrupted" in running.said("relay-1") + running.said("relay-2")
    assert running.scalar("SELECT count(DISTINCT survey_id) FROM effects") == running.effects() == 2 * EVENTS + 1
    assert running.scalar("SELECT count(*) FROM parked") == 0
    assert [role for role, process in running.processes.items() if process.poll() is not None] == []
    cluster.eventually_whole()
    eventually(lambda: all(on_three(row) for row in lane_queues(cluster, running)), 60)


def lane_queues(cluster: Cluster, sample: Sample) -> list[dict[str, Any]]:
    vhost = sample.environment["FRIST_AMQP_URL"].rpartition("/")[2]
    return [row for row in cluster.broker.ask("GET", f"/api/queues/{vhost}") if row["type"] == "quorum"]


def on_three(queue: dict[str, Any]) -> bool:
    """Whether a queue has a copy on each node, and each takes part."""
    return len(queue["members"]) == len(queue["online"]) == 3
