"""One way to make an id: UUIDv7 (RFC 9562), which sorts by the time it was made."""

import os
import threading
import time
import uuid
from collections.abc import Iterator

_VARIANT = 0b10 << 62
_DRAWN_BYTES = 4096
"""So many random bytes are drawn at a time: each draw lets another thread take the interpreter, and a request makes eight ids."""


class _Sequence:
    """What makes the ids of one process follow each other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_moment = 0
        self._drawn: Iterator[int] = iter(())

    def next(self) -> tuple[int, int]:
        """Milliseconds with twelve bits of a fraction, never the same twice (RFC 9562, 6.2, method 3), and 64 random bits."""
        with self._lock:
            self._last_moment = max((time.time_ns() << 12) // 1_000_000, self._last_moment + 1)
            bits = next(self._drawn, None)
            if bits is None:
                self._drawn = iter(memoryview(os.urandom(_DRAWN_BYTES)).cast("Q"))
                bits = next(self._drawn)
            return self._last_moment, bits


_sequence = _Sequence()


def _begin_anew() -> None:
    """A forked process must not give out the bits that its parent has drawn, nor wait for a lock that nobody there holds."""
    global _sequence  # noqa: PLW0603 - one for each process
    _sequence = _Sequence()


os.register_at_fork(after_in_child=_begin_anew)


def new_id() -> str:
    """A new UUIDv7 as text; within one process each sorts after the one before, also in the same millisecond."""
    moment, bits = _sequence.next()
    time_part, random_part = f"{moment:015x}", f"{bits >> 2 | _VARIANT:016x}"
    return f"{time_part[:8]}-{time_part[8:12]}-7{time_part[12:]}-{random_part[:4]}-{random_part[4:]}"


def made_at(event_id: str) -> float | None:
    """When an id was made, in seconds of machine time since 1970; None for one that is no UUIDv7."""
    return int(event_id[:8] + event_id[9:13], 16) / 1000 if event_id[14] == "7" else None


def id_from(*parts: str) -> str:
    """The id that the same parts always give (UUIDv5): what makes creating something idempotent."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "frist:" + "\x1f".join(parts)))
