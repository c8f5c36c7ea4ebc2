"""The spans of what is on its way to the broker: from being offered until its confirm."""

from collections.abc import Sequence
from typing import Any

from messaging import tracing
from messaging.publisher import Outgoing


class Journeys:
    """Of one relay; keeps nothing unless traces are asked for."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._open: dict[Any, Any] = {}

    def begin(self, message: Outgoing, node: str) -> None:
        """The message is offered to a node of the broker."""
        if tracing.is_on():
            way = (message.exchange, message.routing_key, node)
            if span := tracing.sending(self._service, way, message.message_id, message.body):
                self._open[message.key] = span

    def end(self, confirmed: Sequence[Any], refused: Sequence[Outgoing]) -> None:
        """These arrived; those did not, and will be offered again."""
        if not self._open:
            return
        for key in confirmed:
            if span := self._open.pop(key, None):
                span.end()
        for message in refused:
            if span := self._open.pop(message.key, None):
                span.fail("refused")
                span.end()

    def forget(self) -> None:
        """The connection is lost, and nobody knows which of them arrived."""
        self._open.clear()
