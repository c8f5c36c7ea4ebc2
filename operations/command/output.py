"""How the command speaks: tables for people, JSON for scripts, faults on the error stream."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from frist_contracts.errors import harmless

# What is printed is what somebody else wrote, too: brackets in it are brackets. Nothing is cut off in a log.
console = Console(markup=False, emoji=False, width=None if sys.stdout.isatty() else 140)
errors = Console(markup=False, emoji=False, stderr=True)

AsJson = typer.Option(False, "--json", help="Print JSON for a script instead of a table.")


def print_json(value: Any) -> None:
    """JSON on the output, and nothing else."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    sys.stdout.write(
        "".join(letter if letter.isprintable() or letter == "\n" else _escaped(letter) for letter in text) + "\n"
    )


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table; numbers stand to the right."""
    table = Table(title=title, title_justify="left", title_style="bold")
    values = [list(row) for row in rows]
    for index, column in enumerate(columns):
        numeric = any(isinstance(row[index], int | float) for row in values)
        table.add_column(column, justify="right" if numeric else "left")
    for row in values:
        table.add_row(*("" if value is None else plain(str(value)) for value in row))
    console.print(table)


def plain(text: str) -> str:
    """What somebody else wrote, in its lines, with nothing in it that a terminal would obey."""
    return harmless(text, but="\n\t")


def _escaped(letter: str) -> str:
    """As JSON may write any character."""
    return json.dumps(letter)[1:-1]


def fail(message: str) -> NoReturn:
    """Say what went wrong and what to do, and end with code 1."""
    errors.print(message, style="red", highlight=False, soft_wrap=True)
    sys.exit(1)
