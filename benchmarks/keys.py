"""The table of what is promised: each key, what is compared with what, and how much it has to be."""

from dataclasses import dataclass

from benchmarks.measuring import Figures
from benchmarks.peering import PEERS

SHARE = "share of the processor time"
PEER_NAMES = tuple(peer.name for peer in PEERS)


@dataclass(frozen=True)
class Key:
    """One line of the table.

    With `against` the value is the ratio to it, or to the best of several; a key without a bar is told as it is.
    """

    name: str
    title: str
    subject: str
    against: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    unit: str = "events a second"

    @property
    def contestants(self) -> tuple[str, ...]:
        """Everybody who has to be measured for it."""
        return (self.subject, *self.against)

    def best(self, measured: dict[str, Figures]) -> str:
        """Whom it is compared with."""
        return max(self.against, key=lambda name: measured[name].median)

    def value(self, measured: dict[str, Figures]) -> Figures:
        """What the table's line comes to, round by round."""
        subject = measured[self.subject]
        return subject.against(measured[self.best(measured)]) if self.against else subject

    def holds(self, measured: dict[str, Figures]) -> bool:
        """Whether the bar is met."""
        median = self.value(measured).median
        return (self.at_least is None or median >= self.at_least) and (self.at_most is None or median <= self.at_most)

    @property
    def bar(self) -> str:
        """The bar in words."""
        if self.at_least is not None:
            return f"at least {self.at_least:g}"
        return f"at most {self.at_most:g}" if self.at_most is not None else "no bar"


def _peers(scene: str) -> tuple[str, ...]:
    return tuple(f"{scene}.{name}" for name in PEER_NAMES)


KEYS = (
    Key("relay.vs_raw", "Relay against bare pika", "relay.relay", ("relay.raw",), at_least=0.7),
    Key("relay.vs_best_peer", "Relay against the best peer", "relay.relay", _peers("relay"), at_least=6),
    Key("relay.backlog", "Relay with a long backlog", "relay.long_backlog", ("relay.short_backlog",), at_least=0.9),
    Key(
        "consume.vs_no_inbox", "Consuming with the inbox against without",
        "consume.one_by_one", ("consume.without_inbox",), at_least=0.7,
    ),
    Key("consume.vs_best_peer", "Consuming against the best peer", "consume.one_by_one", _peers("consume"), at_least=2),
    Key("consume.set_based", "Consuming in sets against the best peer", "consume.set_based", _peers("consume"), at_least=3.5),
    Key("consume.two_workers", "Two workers against one", "consume.two_workers", ("consume.one_by_one",)),
    Key("latency.idle_ms.p50", "Latency, idle: median", "latency.p50", at_most=25, unit="ms"),
    Key("latency.idle_ms.p99", "Latency, idle: 99th percentile", "latency.p99", at_most=100, unit="ms"),
    Key(
        "web.vs_bare", "Registering against a bare endpoint",
        "web.registration", ("web.bare",), at_least=0.6, unit="requests a second",
    ),
    Key("ledger.cost.relay", "What pages cost the relay", "ledger.relay", at_most=0.03, unit=SHARE),
    Key("ledger.cost.consume", "What audits cost the consumer", "ledger.consume", at_most=0.03, unit=SHARE),
)  # fmt: skip


def chosen(names: str) -> tuple[Key, ...]:
    """The keys of a comma-separated list, each a name or the beginning of some; all of them for an empty one."""
    wanted = tuple(filter(None, names.replace(" ", "").split(",")))
    unknown = [name for name in wanted if not any(key.name.startswith(name) for key in KEYS)]
    if unknown:
        raise ValueError(f"no such key: {', '.join(unknown)}; there are {', '.join(key.name for key in KEYS)}")
    return tuple(key for key in KEYS if not wanted or key.name.startswith(wanted))
