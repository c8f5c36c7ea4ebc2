"""Seats by day: an announcement speaks of every day from its first one on, and the latest that speaks of a day holds."""

from collections.abc import Iterable
from typing import Any

Announcement = dict[str, Any]


def without_replaced(announcements: Iterable[Announcement]) -> list[Announcement]:
    """Leave out what a later announcement of the same batch replaces altogether."""
    kept: list[Announcement] = []
    first_day: dict[tuple[str, str], Any] = {}
    for announcement in sorted(announcements, key=lambda row: (row["sequence"], row["position"]), reverse=True):
        place = (announcement["programme_id"], announcement["municipality"])
        if place not in first_day or announcement["from_day"] < first_day[place]:
            first_day[place] = announcement["from_day"]
            kept.append(announcement)
    return kept
