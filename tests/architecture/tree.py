"""The tree as the architecture tests read it: every Python file of ours, parsed once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("contracts/frist_contracts", "messaging", "web", "services", "operations", "benchmarks")


def python_files(*folders: str) -> list[Path]:
    """Every Python file below the folders (by default our packages and tests), in a stable order."""
    chosen = folders or (*PACKAGES, "tests")
    return sorted(path for folder in chosen for path in (ROOT / folder).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(), filename=str(path))


def name_of(path: Path) -> str:
    """The path as a reader of the repository writes it."""
    return str(path.relative_to(ROOT))


def attribute_chains(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every dotted name that is used, as `datetime.now`, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield ast.unparse(node), node.lineno
