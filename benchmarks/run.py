"""One run: the benches that the wanted keys need, one after the other, each kept as soon as it is done."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from benchmarks import consuming, idling, ledger, registering, relaying
from benchmarks.keys import KEYS, Key
from benchmarks.measuring import interleaved
from benchmarks.peering import PEERS
from benchmarks.results import Results
from benchmarks.scale import Scale
from benchmarks.scene import Bench, Scene
from benchmarks.servers import servers

_PEERS = tuple(peer.name for peer in PEERS)
BENCHES: tuple[tuple[Bench, int, tuple[str, ...]], ...] = (
    (relaying.bench, 1, ("relay.relay", "relay.raw", *(f"relay.{name}" for name in _PEERS))),
    (relaying.backlog, 3, ("relay.long_backlog", "relay.short_backlog")),
    (
        consuming.bench,
        1,
        (
            *(f"consume.{what}" for what in ("one_by_one", "set_based", "without_inbox", "two_workers")),
            *(f"consume.{name}" for name in _PEERS),
        ),
    ),
    (idling.bench, 1, ("latency.p50", "latency.p99")),
    (registering.bench, 5, ("web.registration", "web.bare")),
    (ledger.bench, 1, ("ledger.relay", "ledger.consume")),
)
"""Each with how many rounds it takes where others take one, because its own are short, and with whom it measures, so that a
bench is made ready only when somebody asks for one of them."""


def run(
    keys: Sequence[Key], results: Results, path: Path, *, scale: Scale, command: str, say: Callable[[str], None]
) -> None:
    """Measure what the keys need and the results do not have, into `results` and the file.

    Contestants of one bench are always measured together: when one is missing, all that are needed are measured again.
    """
    needed = {name for key in keys for name in key.contestants}
    if needed <= results.measured.keys():
        return
    folder = path.parent / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    say("Starting PostgreSQL and RabbitMQ ...")
    with servers(folder) as up:
        results.date_now(command, up)
        scene = Scene(up, folder, scale, say)
        for bench, times, names in BENCHES:
            wanted = [name for name in names if name in needed]
            if not results.measured.keys() >= set(wanted):
                say(", ".join(wanted))
                with ExitStack() as ends:
                    ready = bench(replace(scene, ends=ends))
                    results.forget(names)
                    results.measured |= interleaved({name: ready[name] for name in wanted}, times * scale.rounds, say)
                results.save(path, KEYS)
