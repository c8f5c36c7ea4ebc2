"""One way to tell of a case's place: the placement's sequence goes up with every event about it."""

from typing import Any

from frist_contracts import Event
from frist_contracts.scheduling import PlacementEvent, SessionFacts
from services.scheduling.domain.case import Case
from services.scheduling.domain.session import Session
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork


def tell(
    event_type: type[PlacementEvent],
    case: Case,
    uow: SchedulingUnitOfWork,
    *,
    because: Event | None = None,
    **facts: Any,
) -> None:
    """Announce a change of the case's place, which is in the case's municipality from now on."""
    case.placement.sequence += 1
    case.placement.municipality = case.municipality
    uow.outbox.add(
        event_type(
            case_id=case.case_id,
            programme_id=case.programme_id,
            municipality=case.municipality,
            sequence=case.placement.sequence,
            **facts,
        ),
        because=because,
    )


def session_facts(session: Session, language: str) -> SessionFacts:
    """What an organisation needs to know of its session, held in its language."""
    return SessionFacts(
        session_id=session.session_id,
        form=session.form,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        venue_name=session.venue_name,
        venue_address=session.venue_address,
        coach_name=session.coach_name,
        language=language,
        topics=list(session.topics),
    )
