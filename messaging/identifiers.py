"""One way to make an id: UUIDv7 (RFC 9562), which sorts by the time it was made."""

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last_moment = 0
_VARIANT = 0b10 << 62


def new_id() -> str:
    """A new UUIDv7 as text; within one process each sorts after the one before, also in the same millisecond."""
    time_part, random_part = f"{_next_moment():015x}", f"{int.from_bytes(os.urandom(8)) >> 2 | _VARIANT:016x}"
    return f"{time_part[:8]}-{time_part[8:12]}-7{time_part[12:]}-{random_part[:4]}-{random_part[4:]}"


def _next_moment() -> int:
    """Milliseconds with twelve bits of a fraction, never the same twice (RFC 9562, 6.2, method 3)."""
    global _last_moment  # noqa: PLW0603 - what makes the ids of a process a sequence
    with _lock:
        _last_moment = max((time.time_ns() << 12) // 1_000_000, _last_moment + 1)
        return _last_moment


def made_at(event_id: str) -> float | None:
    """When an id was made, in seconds of machine time since 1970; None for one that is no UUIDv7."""
    return int(event_id[:8] + event_id[9:13], 16) / 1000 if event_id[14] == "7" else None


def id_from(*parts: str) -> str:
    """The id that the same parts always give (UUIDv5): what makes creating something idempotent."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "frist:" + "\x1f".join(parts)))
