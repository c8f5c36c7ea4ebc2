"""Receives a register file as a stream and stages its rows, so that memory stays small and the work can resume."""

import codecs
import csv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from messaging.identifiers import new_id
from messaging.refusals import Refusal
from services.registration.domain.register import (
    COLUMNS,
    COLUMNS_MISSING,
    NEEDED_COLUMNS,
    NO_CSV,
    NO_HEADER,
    PLACE_COLUMNS,
)
from services.registration.storage.unit_of_work import RegistrationUnitOfWork

STAGED_AT_ONCE = 5_000
"""Rows to a transaction while the file arrives."""

LONGEST_LINE = 1024 * 1024
"""Characters; a file with the line ends of an old Macintosh is one line for us."""

_READ_BYTES = 64 * 1024

Begin = Callable[[], AbstractContextManager[RegistrationUnitOfWork]]


class RegisterFileRefused(Refusal):
    """A register file that cannot be read; nothing of it is taken."""

    slug = "register_file_refused"
    status = 422


class ByteStream(Protocol):
    """What a file is read from."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, none at the end."""


def receive_register(stream: ByteStream, programme_id: str, started_by: str, begin: Begin) -> str:
    """Stage the rows of a CSV file for the worker to take; returns the run's id.

    The file is UTF-8, with commas or semicolons and a header that has number, kind, name and postcode or municipality;
    also read are address and city, other columns are ignored. Raises `RegisterFileRefused`.
    """
    run_id = new_id()
    with begin() as uow:
        uow.programmes.get(programme_id)
        uow.imports.start(run_id, programme_id, started_by)
    try:
        for chunk in _chunks(_rows(stream)):
            with begin() as uow:
                uow.imports.stage(run_id, chunk)
    except Exception as error:
        with begin() as uow:
            uow.imports.break_off(run_id, str(error)[:500])
        raise
    with begin() as uow:
        uow.imports.finish_receiving(run_id)
    return run_id


def _chunks(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    chunk: list[tuple[int, list[str]]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == STAGED_AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _rows(stream: ByteStream) -> Iterator[tuple[int, list[str]]]:
    """Each row's line in the file and its cells in the order of `COLUMNS`; none for a row of another length."""
    lines = _lines(stream)
    header = next(lines, "")
    delimiter = ";" if header.count(";") > header.count(",") else ","
    try:
        names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
    except csv.Error as error:
        raise RegisterFileRefused(NO_HEADER % {"error": error}, field="file") from None
    places = _places(names)
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for cells in reader:
            if cells:
                fits = len(cells) == len(names)
                yield reader.line_num + 1, [cells[at] if at is not None else "" for at in places] if fits else []
    except csv.Error as error:
        message = NO_CSV % {"line": reader.line_num + 1, "error": error}
        raise RegisterFileRefused(message, field="file") from None


def _places(names: list[str]) -> list[int | None]:
    missing = [name for name in NEEDED_COLUMNS if name not in names]
    if missing:
        message = COLUMNS_MISSING % {"missing": ", ".join(missing), "columns": ", ".join(COLUMNS)}
        raise RegisterFileRefused(message, field="file")
    if not any(name in names for name in PLACE_COLUMNS):
        raise RegisterFileRefused("The header needs a postcode or a municipality column.", field="file")
    return [names.index(name) if name in names else None for name in COLUMNS]


def _lines(stream: ByteStream) -> Iterator[str]:
    """The lines of a UTF-8 stream with their ends, a few at a time in memory."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    left = ""
    try:
        while block := stream.read(_READ_BYTES):
            # PostgreSQL's text holds no NUL, and no register means one.
            *whole, left = (left + decoder.decode(block).replace("\0", "")).split("\n")
            for line in whole:
                yield line + "\n"
            if len(left) > LONGEST_LINE:
                raise RegisterFileRefused(
                    "A line of the file has no end; save it with ordinary line ends.", field="file"
                )
        left += decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise RegisterFileRefused(
            "The file is not UTF-8; save it as CSV UTF-8 and send it again.", field="file"
        ) from None
    if left:
        yield left
