"""One way to make an id: UUIDv7 (RFC 9562), which sorts by the time it was made."""

import os
import time
import uuid


def new_id() -> str:
    """A new UUIDv7 as text; random but for the millisecond it was made in."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))


def id_from(*parts: str) -> str:
    """The id that the same parts always give (UUIDv5): what makes creating something idempotent."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "frist:" + "\x1f".join(parts)))
