"""Cells of CSV files, which people open in spreadsheets."""

from collections.abc import Iterable
from typing import Any

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the same signs at the full width of Chinese and Japanese letters."""


def cells(row: Iterable[Any]) -> list[Any]:
    """A row of any CSV file: nothing for None; a text that a spreadsheet would run as a formula gets an apostrophe."""
    return [_cell(value) for value in row]


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
