"""Rebuilding: the projections are emptied, and the numbers are not to be relied on until the events have come again."""

from messaging.rebuilds import Rebuild, running_rebuild
from messaging.refusals import Refusal
from services.reporting.storage.unit_of_work import ReportingUnitOfWork


class NumbersIncomplete(Refusal):
    """The numbers are being counted anew and are not complete yet; try again in some minutes."""

    status = 503


def empty_projections(uow: ReportingUnitOfWork) -> None:
    """Forget what events can tell again; surveys and reports, which exist only here, stay."""
    uow.projections.empty()


def recount(uow: ReportingUnitOfWork) -> Rebuild | None:
    """The rebuild that is under way, if one is: the numbers are incomplete then."""
    return running_rebuild(uow.connection)


def refuse_while_incomplete(uow: ReportingUnitOfWork) -> None:
    """Raise NumbersIncomplete during a rebuild: for what is kept or paid by."""
    if recount(uow):
        raise NumbersIncomplete(retry_after=60)
