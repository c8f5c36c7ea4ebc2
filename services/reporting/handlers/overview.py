"""The numbers for a page or a program: counted now, small cells hidden from outsiders."""

from dataclasses import dataclass
from typing import Any

from services.reporting.domain.programme import MunicipalityNotFound, Programme, ProgrammeNotFound
from services.reporting.domain.publishing import publish
from services.reporting.domain.summary import Summary, summarise
from services.reporting.storage.figures import Rows, Scope
from services.reporting.storage.unit_of_work import ReportingUnitOfWork


@dataclass(frozen=True)
class MunicipalView:
    """One municipality: its row among all, its weeks of seats, and for staff everything else."""

    programme: Programme
    national: Summary
    place: dict[str, Any]
    seat_weeks: Rows
    summary: Summary | None


def programmes(uow: ReportingUnitOfWork) -> list[Programme]:
    """All programmes, the latest first."""
    known = [Programme(*entry) for entry in uow.figures.programmes().items()]
    return sorted(known, key=lambda programme: programme.starts_on, reverse=True)


def find_programme(programme_id: str, uow: ReportingUnitOfWork) -> Programme:
    """The programme of an id; raises `ProgrammeNotFound`."""
    for programme in programmes(uow):
        if programme.programme_id == programme_id:
            return programme
    raise ProgrammeNotFound(
        "There is no such programme; see /reporting/api/programmes for those there are.", programme_id=programme_id
    )


def find_place(numbers: Summary, code: str) -> dict[str, Any]:
    """A municipality's row among all; raises `MunicipalityNotFound`."""
    for place in numbers["municipalities"]:
        if place["code"] == code:
            return dict(place)
    raise MunicipalityNotFound("The programme has no such municipality; a code looks like dk-0101.", municipality=code)


def national_summary(programme: Programme, uow: ReportingUnitOfWork, *, sees_all: bool) -> Summary:
    """The whole country's numbers, counted in one statement; `sees_all` for staff and keys that may read reports."""
    summary = _summary(programme, uow, None)
    return summary if sees_all else publish(summary)


def municipal_view(programme: Programme, code: str, uow: ReportingUnitOfWork, *, sees_all: bool) -> MunicipalView:
    """One municipality's numbers; what outsiders see of it comes out of the table of all municipalities."""
    national = national_summary(programme, uow, sees_all=sees_all)
    place = find_place(national, code)
    summary = _summary(programme, uow, code)
    weeks = summary["seat_weeks"] if sees_all else publish(summary)["seat_weeks"]
    return MunicipalView(programme, national, place, weeks, summary if sees_all else None)


def _summary(programme: Programme, uow: ReportingUnitOfWork, municipality: str | None) -> Summary:
    today = programme.day_of(uow.now)
    until = programme.seats_until(today)
    scope = Scope(programme.programme_id, programme.time_zone, today, until, municipality)
    places = uow.figures.municipalities(programme.country)
    if municipality is not None:
        places = [place for place in places if place["code"] == municipality]
    return summarise(programme, places, uow.figures.read(scope), today, municipality)
