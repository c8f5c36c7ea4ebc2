"""Takes in venues and coaches row by row: what is refused is told with its line and changes nothing else."""

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import islice
from typing import IO

from messaging.refusals import Refusal
from services.scheduling.domain.people import Coach, Venue
from services.scheduling.domain.refusals import InvalidValue
from services.scheduling.domain.rows import COACH_COLUMNS, VENUE_COLUMNS, Row, read_coach, read_venue
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork

ROWS_IN_A_TRANSACTION = 500
TOLD_REFUSALS = 1000

Begin = Callable[[], AbstractContextManager[SchedulingUnitOfWork]]
Fence = Callable[[str], bool]
"""Whether a municipality is the importer's to write."""


@dataclass
class ImportReport:
    """What became of a file; the first thousand refusals are told one by one."""

    rows: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    refusals: list[dict[str, object]] = field(default_factory=list)

    def refuse(self, line: int, refusal: Refusal) -> None:
        """Note a row that was not taken."""
        self.refused += 1
        if len(self.refusals) < TOLD_REFUSALS:
            self.refusals.append({"line": line, "field": refusal.field, "message": str(refusal)})


def import_venues(lines: Iterable[str], begin: Begin, fence: Fence) -> ImportReport:
    """Take in a file of venues; the same file again changes nothing."""

    def take(row: Row, uow: SchedulingUnitOfWork) -> bool:
        return save_venue(read_venue(row), uow, fence)

    return _import(lines, VENUE_COLUMNS, take, begin)


def import_coaches(lines: Iterable[str], begin: Begin, fence: Fence) -> ImportReport:
    """Take in a file of coaches; the same file again changes nothing."""

    def take(row: Row, uow: SchedulingUnitOfWork) -> bool:
        return save_coach(read_coach(row), uow, fence)

    return _import(lines, COACH_COLUMNS, take, begin)


def save_venue(venue: Venue, uow: SchedulingUnitOfWork, fence: Fence) -> bool:
    """Keep a venue; True when something changed."""
    kept = uow.venues.get(venue.venue_id)
    if not fence(venue.municipality) or (kept and not fence(kept.municipality)):
        raise InvalidValue("The venue is in another municipality than yours; leave it to them.", field="municipality")
    return uow.venues.save(venue)


def save_coach(coach: Coach, uow: SchedulingUnitOfWork, fence: Fence) -> bool:
    """Keep a coach with the whole week; True when something changed.

    A municipality is added by who may write there: nobody else lets a coach in among its organisations.
    """
    kept = uow.coaches.get(coach.coach_id)
    if not fence(coach.municipalities[0]) or (kept and not fence(kept.municipalities[0])):
        raise InvalidValue("The coach's home is another municipality than yours.", field="municipalities")
    agreed = kept.municipalities if kept else ()
    strange = [code for code in coach.municipalities if code not in agreed and not fence(code)]
    if strange:
        message = f"A national operator lets the coach work in {', '.join(strange)}; leave it out or ask one."
        raise InvalidValue(message, field="municipalities")
    return save_week(coach, uow)


def save_week(coach: Coach, uow: SchedulingUnitOfWork) -> bool:
    """Keep a coach whom the caller is in charge of; True when something changed."""
    venues = {block.venue_id: uow.venues.get(block.venue_id) for block in coach.blocks}
    for venue_id, venue in venues.items():
        if venue is None:
            raise InvalidValue(f"There is no venue “{venue_id}”: import the venues first.", field="availability")
        if venue.municipality not in coach.municipalities:
            message = f"“{venue_id}” is in {venue.municipality}, which is not among the coach's municipalities."
            raise InvalidValue(message, field="availability")
    for block in coach.blocks:
        if block.room:
            uow.venues.room_number(block.venue_id, block.room)
    return uow.coaches.save(coach)


def lines_of(stream: IO[bytes]) -> Iterator[str]:
    """The lines of a file that is still arriving; refuses what is not UTF-8."""
    try:
        yield from codecs.getreader("utf-8-sig")(stream)
    except UnicodeDecodeError:
        raise InvalidValue("The file is not in UTF-8; save it as CSV UTF-8 and send it again.") from None


def _import(
    lines: Iterable[str], columns: tuple[str, ...], take: Callable[[Row, SchedulingUnitOfWork], bool], begin: Begin
) -> ImportReport:
    reader = csv.DictReader(lines)
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        expected = ",".join(columns)
        raise InvalidValue(f"The first line lacks {', '.join(missing)}; it must be: {expected}", field=missing[0])
    report = ImportReport()
    for chunk in _chunks(reader):
        with begin() as uow:
            for line, row in chunk:
                _take_row(line, row, take, uow, report)
    return report


def _take_row(
    line: int,
    row: Row,
    take: Callable[[Row, SchedulingUnitOfWork], bool],
    uow: SchedulingUnitOfWork,
    report: ImportReport,
) -> None:
    report.rows += 1
    try:
        if None in row:
            raise InvalidValue("There are more values than columns: put values with commas in quotes.")
        changed = take(row, uow)
    except Refusal as refusal:
        report.refuse(line, refusal)
    else:
        report.changed += changed
        report.unchanged += not changed


def _chunks(reader: "csv.DictReader[str]") -> Iterator[list[tuple[int, Row]]]:
    numbered: Iterator[tuple[int, Row]] = ((reader.line_num, row) for row in reader)
    while chunk := list(islice(numbered, ROWS_IN_A_TRANSACTION)):
        yield chunk
