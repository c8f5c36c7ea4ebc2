"""Loads YAML and remembers on which line each value stands, so that a fault can be pointed at."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

Path = tuple[str | int, ...]
"""Where a value stands, as `("ladder", 2, "text")`."""


@dataclass
class LinedDocument:
    """The plain data of a YAML text, with the line (from 1) of each path in it."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    duplicates: list[Path] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """The line of the path, or of the nearest thing around it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def load_with_lines(text: str) -> LinedDocument:
    """The document of a YAML text; raises `yaml.YAMLError` when it is not YAML."""
    document = LinedDocument()
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is not None:
            document.data = _plain(loader, node, (), document)
    finally:
        loader.dispose()
    return document


def _plain(loader: yaml.SafeLoader, node: yaml.Node, path: Path, document: LinedDocument) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, path, document)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, item, (*path, index), document) for index, item in enumerate(node.value)]
    value = loader.construct_object(node, deep=True)
    return value.isoformat() if isinstance(value, date) else value


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode, path: Path, document: LinedDocument) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        place = (*path, key)
        if key in result:
            document.duplicates.append(place)
        document.lines[place] = key_node.start_mark.line + 1
        result[key] = _plain(loader, value_node, place, document)
    return result
