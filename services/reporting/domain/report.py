"""An interim report: numbers with what they were counted from, in one canonical text whose digest can be checked."""

import hashlib
import json
from typing import Any

from services.reporting.domain.summary import DEFINITIONS, Summary

FORMAT = 1


def content_of(summary: Summary) -> dict[str, Any]:
    """What is frozen: the same events counted on the same local day give the same content."""
    counted = {name: value for name, value in summary["counted"].items() if name != "newest_at"}
    return {"format": FORMAT, "definitions": DEFINITIONS, "numbers": {**summary, "counted": counted}}


def canonical(content: dict[str, Any]) -> str:
    """The one way to write a content: sorted keys, no spaces, no rounding."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(text: str) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
