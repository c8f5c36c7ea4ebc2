"""Loads YAML and remembers on which line each value stands, so that a fault can be pointed at."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

_DEEPEST = 20
"""Far more than a programme needs, far less than a reader that calls itself can bear."""

_NO_CHARACTER = "this holds an escape for what is no character; write the character itself"

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


class _Loader(yaml.SafeLoader):
    """Safe also in size: no aliases, by which a small file says a thing a billion times, and nothing without end."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """One value with what is in it; raises `yaml.YAMLError` for aliases and whatever is too deep."""
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases are not taken here; write the value out", problem_mark=mark)
        if self._depth > _DEEPEST:
            raise yaml.MarkedYAMLError(problem="this lies too deep; a programme has no such thing", problem_mark=mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def load_with_lines(text: str) -> LinedDocument:
    """The document of a YAML text; raises `yaml.YAMLError` when it is not YAML, or more than plain values."""
    document = LinedDocument()
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is not None:
            document.data = _plain(loader, node, (), document)
    except OverflowError:  # how PyYAML takes an escape that is no character
        raise yaml.MarkedYAMLError(problem=_NO_CHARACTER, problem_mark=loader.get_mark()) from None
    finally:
        loader.dispose()
    return document


def _plain(loader: yaml.SafeLoader, node: yaml.Node, path: Path, document: LinedDocument) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, path, document)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, item, (*path, index), document) for index, item in enumerate(node.value)]
    try:
        value = loader.construct_object(node, deep=True)
    except (ValueError, AttributeError):  # the latter is how PyYAML takes a date that is said to be one and is none
        raise yaml.MarkedYAMLError(problem="this value cannot be read", problem_mark=node.start_mark) from None
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
