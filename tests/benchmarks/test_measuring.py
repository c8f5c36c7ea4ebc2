"""Every bench runs and counts, so that none can rot between two measurements; its figures mean nothing here."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from benchmarks import consuming, idling, ledger, registering, relaying
from benchmarks.scale import TINY
from benchmarks.scene import Scene
from benchmarks.servers import PREFIX, Servers


@pytest.fixture
def scene(postgres_url, broker, tmp_path) -> Iterator[Scene]:
    vhost = broker.with_empty_vhost(PREFIX)
    with ExitStack() as ends:
        yield Scene(Servers(postgres_url, vhost), tmp_path, TINY, ends=ends)
    broker.without_vhost(vhost.amqp_url.rpartition("/")[2])


@pytest.mark.parametrize(
    ("bench", "contestants"),
    [
        (relaying.bench, ["relay.relay", "relay.raw"]),
        (relaying.backlog, ["relay.long_backlog", "relay.short_backlog"]),
        (consuming.bench, ["consume.set_based", "consume.without_inbox"]),
        (idling.bench, ["latency.p50", "latency.p99"]),
        (registering.bench, ["web.registration", "web.bare"]),
    ],
    ids=["relay", "backlog", "consume", "latency", "web"],
)
def test_a_bench_gives_a_figure_for_each_contestant(bench, contestants, scene):
    ready = bench(scene)

    assert all(ready[name]() > 0 for name in contestants)


def test_the_ledger_has_a_share_of_the_processor_time(scene):
    ready = ledger.bench(scene)

    assert all(0 <= ready[name]() < 1 for name in ("ledger.relay", "ledger.consume"))
