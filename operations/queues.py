"""What waits in the broker's queues, by its management API."""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlsplit

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

    def __init__(self, platform: Platform) -> None:
        self._amqp_url = platform.needed("FRIST_AMQP_URL", "as amqp://user:password@host:5672/frist")
        self._management_url = platform.told.get("FRIST_AMQP_MANAGEMENT_URL") or management_beside(self._amqp_url)

    def backlog(self, service: str) -> int:
        """How many messages wait at a service, both lanes together; 0 when the broker could not be asked."""
        return sum((state.ready or 0) + (state.unacked or 0) for state in self.states if state.service == service)

    @cached_property
    def states(self) -> list[QueueState]:
        """Every lane of every service."""
        found = {row["name"]: row for row in self._rows()}
        return [
            QueueState(
                service, lane, row.get("messages_ready"), row.get("messages_unacknowledged"), row.get("consumers")
            )
            for service in SERVICES
            for lane in LANES
            for row in [found.get(queue_name(service, lane), {})]
        ]

    def _rows(self) -> list[dict[str, Any]]:
        vhost = quote(urlsplit(self._amqp_url).path[1:], safe="")
        try:
            rows: list[dict[str, Any]] = Broker(self._amqp_url, self._management_url).ask("GET", f"/api/queues/{vhost}")
        except OSError:
            return []
        return rows
