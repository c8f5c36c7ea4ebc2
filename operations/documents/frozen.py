"""The schemas as they were when others began to read them; a new one joins, an old one only grows."""

import json
from pathlib import Path
from typing import Any

from frist_contracts.catalogue import EVENTS
from frist_contracts.event import Event
from operations.documents.additions import breaking_changes
from operations.documents.json_schemas import schema_of_data

FOLDER = Path("tests") / "contracts" / "frozen"


def freeze(root: Path) -> list[str]:
    """Freeze today's schemas, unless one breaks what was frozen; returns what it breaks."""
    broken = [sentence for event in EVENTS for sentence in breaks(event, root)]
    if not broken:
        for event in EVENTS:
            _path(event, root).parent.mkdir(parents=True, exist_ok=True)
            _path(event, root).write_text(json.dumps(schema_of_data(event), indent=2) + "\n")
    return broken


def breaks(event: type[Event], root: Path) -> list[str]:
    """What the event's schema of today breaks of its frozen one; an event that was never frozen breaks nothing."""
    if not _path(event, root).exists():
        return []
    frozen: dict[str, Any] = json.loads(_path(event, root).read_text())
    return list(breaking_changes(frozen, schema_of_data(event), event.type_name()))


def _path(event: type[Event], root: Path) -> Path:
    return root / FOLDER / f"{event.type_name()}.json"
