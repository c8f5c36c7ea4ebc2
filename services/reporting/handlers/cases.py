"""Cases: in which state each one is, since when it was heard from, and whether it was erased."""

from collections.abc import Sequence

from frist_contracts import CaseClosed, CaseErased, CaseRegistered
from frist_contracts.registration import CaseEvent
from messaging.erasure import erase_subject
from services.reporting.domain.states import FULFILLED
from services.reporting.handlers.event_rows import place_of
from services.reporting.storage.unit_of_work import ReportingUnitOfWork


def project_cases(events: Sequence[CaseEvent], uow: ReportingUnitOfWork) -> None:
    """Count each case in its latest state; an erased case stays counted and loses its comments."""
    uow.projections.begin(events)
    uow.projections.cases(
        {
            **place_of(event),
            "case_id": event.case_id,
            "state": event.state,
            "registered_at": event.occurred_at if isinstance(event, CaseRegistered) else None,
            "fulfilled_at": event.occurred_at if isinstance(event, CaseClosed) and event.state == FULFILLED else None,
            "erased": isinstance(event, CaseErased),
        }
        for event in events
    )
    erased = [event.case_id for event in events if isinstance(event, CaseErased)]
    if erased:
        uow.surveys.erase(erased)
    for case_id in erased:
        erase_subject(uow.connection, case_id)
