"""What waits in the broker's queues, by its management API."""

from collections import Counter
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Self
from urllib.parse import quote

from messaging.topology import queue_name
from operations.broker import Broker, management_beside
from operations.connection import Platform
from operations.services import SERVICES

LANES = ("urgent", "bulk")


@dataclass(frozen=True)
class QueueState:
    """One lane of one service; None where the broker could not be asked."""

    service: str
    lane: str
    ready: int | None
    unacked: int | None
    consumers: int | None
    oldest_seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Its row of `frist status --json`."""
        return asdict(self)


class Queues:
    """The queues of all services; the broker is asked once."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    @classmethod
    def of(cls, platform: Platform) -> Self:
        """The queues of the platform that the command speaks to."""
        url = platform.needed("FRIST_AMQP_URL", "as amqp://user:password@host:5672/frist")
        return cls(Broker(url, platform.told.get("FRIST_AMQP_MANAGEMENT_URL") or management_beside(url)))

    def backlog(self, service: str) -> int:
        """How many messages wait at a service, both lanes together; 0 when the broker could not be asked."""
        return sum((state.ready or 0) + (state.unacked or 0) for state in self.states if state.service == service)

    @cached_property
    def states(self) -> list[QueueState]:
        """Every lane of every service."""
        waiting = {row["name"]: row for row in self._ask("queues", "?disable_stats=true&enable_queue_totals=true")}
        consumers = Counter(row["queue"]["name"] for row in self._ask("consumers"))
        return [
            QueueState(
                service,
                lane,
                waiting.get(name, {}).get("messages_ready"),
                waiting.get(name, {}).get("messages_unacknowledged"),
                consumers[name] if name in waiting else None,
            )
            for service in SERVICES
            for lane in LANES
            for name in [queue_name(service, lane)]
        ]

    def _ask(self, what: str, options: str = "") -> list[dict[str, Any]]:
        """Messages are counted by the queues themselves; of consumers the broker tells a few seconds late."""
        vhost = quote(self._broker.vhost, safe="")
        try:
            rows: list[dict[str, Any]] = self._broker.ask("GET", f"/api/{what}/{vhost}{options}")
        except OSError:
            return []
        return rows
