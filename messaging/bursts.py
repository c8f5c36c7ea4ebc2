"""A connection that hands the messages of a burst to the socket in few pieces.

By itself pika asks the system three times for each message, once for each of its frames; that was a fifth of a relay's time.
"""

from typing import Any

from pika.adapters.select_connection import SelectConnection

PIECE_BYTES = 65_536
"""What the socket does not take of a piece is copied, so pieces are not boundless."""


class BurstConnection(SelectConnection):  # type: ignore[misc]
    """pika's connection; between `gather` and `send` what is published is kept together."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._gathered: list[bytes] | None = None
        self._gathered_bytes = 0
        super().__init__(*arguments, **options)

    def gather(self) -> None:
        """Keep what is published from now on."""
        if self._gathered is None:
            self._gathered = []

    def send(self) -> None:
        """Pass on what was kept."""
        self._pass_on()
        self._gathered = None

    def _adapter_emit_data(self, data: bytes) -> None:
        """Where pika gives an adapter what is to be sent."""
        if self._gathered is None:
            super()._adapter_emit_data(data)
            return
        self._gathered.append(data)
        self._gathered_bytes += len(data)
        if self._gathered_bytes >= PIECE_BYTES:
            self._pass_on()

    def _pass_on(self) -> None:
        if self._gathered:
            super()._adapter_emit_data(b"".join(self._gathered))
            self._gathered, self._gathered_bytes = [], 0
