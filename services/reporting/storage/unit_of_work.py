"""Reporting's unit of work: one transaction with everything a handler or a page reads and writes."""

from functools import cached_property

from messaging.unit_of_work import UnitOfWork
from services.reporting.storage.figures import FigureReader
from services.reporting.storage.projections import Projections
from services.reporting.storage.reports import ReportRepository
from services.reporting.storage.surveys import SurveyRepository
from web.links import Links
from web.settings import LinkSettings


class ReportingUnitOfWork(UnitOfWork):
    """One transaction over reporting's database."""

    @cached_property
    def links(self) -> Links:
        """Derives the surveys' links, of which only the hash is kept."""
        return Links.of(LinkSettings.load())

    @cached_property
    def projections(self) -> Projections:
        """Where handlers put what the events say."""
        return Projections(self.journal)

    @cached_property
    def figures(self) -> FigureReader:
        """What pages and reports count from."""
        return FigureReader(self.connection)

    @cached_property
    def surveys(self) -> SurveyRepository:
        """Who was asked how it went, and the comments."""
        return SurveyRepository(self.connection)

    @cached_property
    def reports(self) -> ReportRepository:
        """The frozen interim reports."""
        return ReportRepository(self.connection)
