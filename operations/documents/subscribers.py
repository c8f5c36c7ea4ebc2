"""Who listens to which event, read from the services' own tables of contents without running them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from frist_contracts.event import Event

SERVICES = ("registration", "scheduling", "notifications", "reporting")
"""The four services, in the order a case meets them."""


def subscribers_of(event: type[Event], root: Path) -> list[str]:
    """The services below `root` that subscribe to the event."""
    return [service for service in SERVICES if event.__name__ in subscribed_names(service, root)]


def subscribed_names(service: str, root: Path) -> set[str]:
    """The class names of the events that a service subscribes to."""
    source = root / "services" / service / "subscriptions.py"
    return set(_first_arguments(ast.parse(source.read_text()))) if source.exists() else set()


def _first_arguments(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "subscribe":
            yield from _names(node.args[0])


def _names(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.Tuple | ast.List):
        for member in node.elts:
            yield from _names(member)
