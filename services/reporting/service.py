"""Reporting's table of contents."""

from services.reporting.handlers import rebuilding
from services.reporting.storage.unit_of_work import ReportingUnitOfWork
from services.reporting.subscriptions import ReportingSubscriptions
from services.reporting.timers import ReportingTimers
from web.settings import LinkSettings


class ReportingService(ReportingSubscriptions, ReportingTimers):
    """Makes numbers of the others' events, and asks how it went."""

    name = "reporting"
    unit_of_work = ReportingUnitOfWork
    settings = LinkSettings
    empty_projections = staticmethod(rebuilding.empty_projections)
