"""Reads a CSV file row by row once it is here, and says where it could be read no further."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING

from messaging.refusals import Refusal
from services.scheduling.domain.refusals import FileUnreadable, InvalidValue
from services.scheduling.domain.rows import Row

if TYPE_CHECKING:
    from _csv import Reader

MOST_REFUSALS = 10_000
"""After so many refused rows a file is read no further: every one of them is told, and a report stays readable."""

_IN_MEMORY = 1024 * 1024
"""Bytes; a file that is longer waits on the disk until it is whole."""


@dataclass
class ImportReport:
    """What became of a file, with every row that was refused; `ended_by` is why it was not read to its end."""

    rows: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    refusals: list[dict[str, object]] = field(default_factory=list)
    ended_by: FileUnreadable | None = None

    def refuse(self, line: int, refusal: Refusal) -> None:
        """Note a row that was not taken."""
        self.refused += 1
        self.refusals.append({"line": line, "field": refusal.field, "message": str(refusal)})

    def raise_if_ended(self) -> None:
        """Raise what ended the reading, if anything did, with the report of what was read before it."""
        if self.ended_by:
            told = {name: value for name, value in vars(self).items() if name != "ended_by"}
            self.ended_by.facts.update(told)
            raise self.ended_by


def lines_of(stream: IO[bytes]) -> Iterator[str]:
    """The lines of a file, none before it has arrived whole; refuses a line that is not UTF-8.

    Of a file that breaks off nothing is taken: nobody could be told which of its rows were.
    """
    coding = "utf-8-sig"
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        copyfileobj(stream, file)
        file.seek(0)
        for number, line in enumerate(file, start=1):
            try:
                yield line.decode(coding)
            except UnicodeDecodeError:
                raise _unreadable(number, "is not in UTF-8: save the file as CSV UTF-8") from None
            coding = "utf-8"


def read_rows(lines: Iterable[str], columns: tuple[str, ...], report: ImportReport) -> Iterator[tuple[int, Row | None]]:
    """Each row with the line it begins on, and None for a row that is longer than the header.

    Refuses a file without the columns. Where a line cannot be read, or too many rows were refused, the rows end and
    the report says why: what stands behind a broken quote is not to be guessed.
    """
    reader = csv.reader(lines, strict=True)
    try:
        names = next(reader, [])
    except csv.Error as error:
        raise _broken(1, error) from None
    missing = [column for column in columns if column not in names]
    if missing:
        expected = ",".join(columns)
        raise InvalidValue(f"The first line lacks {', '.join(missing)}; it must be: {expected}", field=missing[0])
    return _rows(reader, names, report)


def _rows(reader: "Reader", names: list[str], report: ImportReport) -> Iterator[tuple[int, Row | None]]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            report.ended_by = _broken(line, error)
            return
        except FileUnreadable as refusal:
            report.ended_by = refusal
            return
        if cells is None:
            return
        if report.refused >= MOST_REFUSALS:
            report.ended_by = _unreadable(line, f"comes after {report.refused} refused rows: mend those that are told")
            return
        if cells:
            yield line, dict(zip(names, cells, strict=False)) if len(cells) <= len(names) else None


def _broken(line: int, error: csv.Error) -> FileUnreadable:
    return _unreadable(line, f"begins a row that is no CSV ({error}): mend its quotes, which stand around whole values")


def _unreadable(line: int, remedy: str) -> FileUnreadable:
    message = f"Line {line} {remedy}, and send the file again; it was read up to there and no further."
    return FileUnreadable(message, field="file", line=line)
