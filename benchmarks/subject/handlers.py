"""What the subject does with an event: one row changed, one event out."""

from collections.abc import Sequence

from benchmarks.subject.storage import SubjectUnitOfWork
from frist_contracts import CaseRegistered, CaseWaitlisted, Lane


def put_on_waiting_list(event: CaseRegistered, uow: SubjectUnitOfWork) -> None:
    """A registered case waits, and everybody hears of it."""
    uow.waiting_list.keep(event)
    _announce(event, uow)


def put_all_on_waiting_list(events: Sequence[CaseRegistered], uow: SubjectUnitOfWork) -> None:
    """The same for all events of a batch at once."""
    uow.waiting_list.keep_all(events)
    for event in events:
        _announce(event, uow)


def _announce(event: CaseRegistered, uow: SubjectUnitOfWork) -> None:
    uow.outbox.add(
        CaseWaitlisted(
            municipality=event.municipality,
            sequence=event.sequence,
            case_id=event.case_id,
            programme_id=event.programme_id,
            topics=["digital_signature"],
            reason="no_seat_fits",
        ),
        Lane.BULK,
        because=event,
    )
