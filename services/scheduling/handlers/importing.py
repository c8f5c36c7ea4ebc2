"""Takes in venues and coaches row by row: what is refused is told with its line and changes nothing else."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice

from messaging.refusals import Refusal
from services.scheduling.domain.people import Coach, Venue
from services.scheduling.domain.refusals import InvalidValue
from services.scheduling.domain.rows import COACH_COLUMNS, VENUE_COLUMNS, Row, read_coach, read_venue
from services.scheduling.handlers.reading import ImportReport, read_rows
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork

ROWS_IN_A_TRANSACTION = 500

Begin = Callable[[], AbstractContextManager[SchedulingUnitOfWork]]
Fence = Callable[[str], bool]
"""Whether a municipality is the importer's to write."""


def import_venues(lines: Iterable[str], begin: Begin, fence: Fence) -> ImportReport:
    """Take in a file of venues; the same file again changes nothing.

    A file that cannot be read to its end raises `FileUnreadable` with the report of the rows before: they are kept.
    """

    def take(row: Row, uow: SchedulingUnitOfWork) -> bool:
        return save_venue(read_venue(row), uow, fence)

    return _import(lines, VENUE_COLUMNS, take, begin)


def import_coaches(lines: Iterable[str], begin: Begin, fence: Fence) -> ImportReport:
    """The same for coaches."""

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


def _import(
    lines: Iterable[str], columns: tuple[str, ...], take: Callable[[Row, SchedulingUnitOfWork], bool], begin: Begin
) -> ImportReport:
    report = ImportReport()
    for chunk in _chunks(read_rows(lines, columns, report)):
        with begin() as uow:
            for line, row in chunk:
                _take_row(line, row, take, uow, report)
    report.raise_if_ended()
    return report


def _take_row(
    line: int,
    row: Row | None,
    take: Callable[[Row, SchedulingUnitOfWork], bool],
    uow: SchedulingUnitOfWork,
    report: ImportReport,
) -> None:
    report.rows += 1
    try:
        if row is None:
            raise InvalidValue("There are more values than columns: put values with commas in quotes.")
        changed = take(row, uow)
    except Refusal as refusal:
        report.refuse(line, refusal)
    else:
        report.changed += changed
        report.unchanged += not changed


def _chunks(rows: Iterator[tuple[int, Row | None]]) -> Iterator[list[tuple[int, Row | None]]]:
    while chunk := list(islice(rows, ROWS_IN_A_TRANSACTION)):
        yield chunk
