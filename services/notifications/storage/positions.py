"""Where a page of a list from the newest on begins."""

from datetime import datetime
from typing import Any


def position_of(after: tuple[Any, ...]) -> tuple[datetime, str] | None:
    """When the last row of the page before was made, and its id; None, the start, for a cursor of another list."""
    try:
        made_at, row_id = after
        return datetime.fromisoformat(made_at), str(row_id)
    except (TypeError, ValueError):
        return None
