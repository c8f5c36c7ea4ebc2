"""All generated documents as one mapping from path to text, written or compared."""

import json
import tomllib
from pathlib import Path
from typing import Any

from frist_contracts.catalogue import EVENTS
from operations.documents.asyncapi import asyncapi
from operations.documents.envelope_schema import envelope_schema
from operations.documents.events_page import events_page
from operations.documents.json_schemas import schema_of_data


def write(root: Path) -> list[Path]:
    """Write what is stale below `root` (the repository); returns the files that changed."""
    changed = _stale(root)
    for path, text in changed.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return list(changed)


def stale(root: Path) -> list[Path]:
    """The generated files that are missing, hold something else, or belong to no event any more."""
    known = generated(root)
    orphans = [path for path in sorted((root / "docs" / "schemas").glob("*.json")) if path not in known]
    return [*_stale(root), *orphans]


def generated(root: Path) -> dict[Path, str]:
    """Every generated file with what it is to hold."""
    docs = root / "docs"
    version = tomllib.loads((root / "contracts" / "pyproject.toml").read_text())["project"]["version"]
    schemas = {f"{event.type_name()}.json": schema_of_data(event) for event in EVENTS}
    return {
        docs / "events.md": events_page(),
        docs / "asyncapi.json": _json(asyncapi(version)),
        docs / "schemas" / "envelope.json": _json(envelope_schema()),
        **{docs / "schemas" / name: _json(schema) for name, schema in schemas.items()},
    }


def _stale(root: Path) -> dict[Path, str]:
    return {path: text for path, text in generated(root).items() if not path.exists() or path.read_text() != text}


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
