"""CSV files of municipalities and postcodes, read whole: they are small, and refused whole when a row is wrong."""

import csv
from collections.abc import Callable, Iterator
from typing import Any

from messaging.refusals import Refusal
from messaging.storable import is_storable

MUNICIPALITY_COLUMNS = ("code", "name", "region", "population", "tile_column", "tile_row", "neighbours")
POSTCODE_COLUMNS = ("postcode", "town", "municipality")

LARGEST = 2**31 - 1
"""What the tables keep."""


class PlaceFileRefused(Refusal):
    """A file of municipalities or postcodes with a fault; nothing of it was taken."""

    slug = "place_file_refused"
    status = 422


def read_municipalities(text: str, country: str) -> list[dict[str, Any]]:
    """The municipalities of a country, each once, with neighbours that are there; raises `PlaceFileRefused`."""
    rows = list(_rows(text, MUNICIPALITY_COLUMNS, _municipality))
    codes = [row["code"] for row in rows]
    known = set(codes)
    for line, row in enumerate(rows, start=2):
        if not row["code"].startswith(f"{country}-"):
            raise _fault(line, "code", f"{row['code']} is not of this country; write it as {country}-0101")
        if codes.index(row["code"]) != line - 2:
            raise _fault(line, "code", f"{row['code']} stands twice; remove one")
        for neighbour in row["neighbours"]:
            if neighbour not in known:
                raise _fault(line, "neighbours", f"there is no {neighbour} in the file; remove or correct it")
    return rows


def read_postcodes(text: str) -> list[dict[str, Any]]:
    """Postcodes with where they lie; a postcode may lie in several municipalities. Raises `PlaceFileRefused`."""
    rows = list(_rows(text, POSTCODE_COLUMNS, dict))
    seen: set[tuple[str, str]] = set()
    for line, row in enumerate(rows, start=2):
        place = (row["postcode"], row["municipality"])
        if place in seen:
            raise _fault(line, "postcode", f"{row['postcode']} in {row['municipality']} stands twice; remove one")
        seen.add(place)
    return rows


def _rows(
    text: str, columns: tuple[str, ...], build: Callable[[dict[str, str]], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    for line, row in enumerate(_read(text, columns), start=2):
        cells = {column: (row[column] or "").strip() for column in columns}
        for column, cell in cells.items():
            if not cell and column != "neighbours":
                raise _fault(line, column, "is empty; write a value")
            if not is_storable(cell):
                raise _fault(line, column, "has invisible characters; remove them")
        try:
            yield build(cells)
        except ValueError:
            message = "population, tile_column and tile_row are whole numbers from 0 on; correct them"
            raise _fault(line, "population", message) from None


def _read(text: str, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(text.splitlines())
    try:
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise _fault(1, missing[0], f"the header lacks {', '.join(missing)}; it needs {','.join(columns)}")
        first = next(reader, None)
        if first is None:
            raise _fault(2, columns[0], "the file has a header only; add its rows")
        yield first
        yield from reader
    except csv.Error as error:
        raise _fault(reader.line_num + 1, columns[0], f"this row is no CSV ({error}); check its quotes") from None


def _municipality(cells: dict[str, str]) -> dict[str, Any]:
    numbers = {name: int(cells[name]) for name in ("population", "tile_column", "tile_row")}
    if not all(0 <= number <= LARGEST for number in numbers.values()):
        raise ValueError
    return {**cells, **numbers, "neighbours": cells["neighbours"].split()}


def _fault(line: int, field: str, message: str) -> PlaceFileRefused:
    return PlaceFileRefused(f"line {line}, {field}: {message}", field=field, line=line)
