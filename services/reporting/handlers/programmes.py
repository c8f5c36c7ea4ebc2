"""Programmes and municipalities: the frame that everything is counted in."""

from frist_contracts import MunicipalitiesImported, ProgrammeApplied
from services.reporting.domain.programme import Programme, refuse_unreadable
from services.reporting.handlers.event_rows import order_of
from services.reporting.storage.unit_of_work import ReportingUnitOfWork


def keep_programme(event: ProgrammeApplied, uow: ReportingUnitOfWork) -> None:
    """Know the programme's names, dates, money and topics.

    One that cannot be read is refused with `ProgrammeUnreadable`: kept, it would break the pages of all the others.
    """
    refuse_unreadable(Programme(event.programme_id, event.definition))
    uow.projections.begin([event])
    row = {"programme_id": event.programme_id, "definition": event.definition, **order_of(event)}
    uow.projections.programmes([row])


def keep_municipalities(event: MunicipalitiesImported, uow: ReportingUnitOfWork) -> None:
    """Know the municipalities of a country and their places on the tile map."""
    uow.projections.begin([event])
    rows = [
        {
            "code": municipality.code,
            "country": event.country,
            "name": municipality.name,
            "region": municipality.region,
            "population": municipality.population,
            "tile_column": municipality.tile_column,
            "tile_row": municipality.tile_row,
        }
        for municipality in event.municipalities
    ]
    uow.projections.municipalities({"country": event.country, **order_of(event)}, rows)
