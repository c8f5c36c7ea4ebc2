"""What an organisation sees of its own place."""

from dataclasses import dataclass, field

from services.scheduling.domain.case import Case
from services.scheduling.domain.session import Booking, Session
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork

FREE_SHOWN = 20


@dataclass(frozen=True)
class ShownPlace:
    """Where a case stands; `case` is None before its inventory was answered."""

    state: str = "none"
    case: Case | None = None
    waiting_place: int | None = None
    booking: Booking | None = None
    session: Session | None = None
    free: list[Session] = field(default_factory=list)


def show_place(
    case_id: str, uow: SchedulingUnitOfWork, *, form: str | None = None, free: int = FREE_SHOWN
) -> ShownPlace:
    """The case's place, its seat, and the free seats it may choose from."""
    case = uow.cases.in_hand(case_id)
    if case is None:
        return ShownPlace()
    booking = uow.bookings.live_of_case(case_id)
    session = uow.sessions.get(booking.session_id) if booking else None
    may_choose = case.is_open and case.need.wants_help and not (booking and booking.starts_at <= uow.now)
    offered = uow.seats.free(case, uow.now, form=form, limit=free) if may_choose and free else []
    return ShownPlace(
        state=case.placement.state,
        case=case,
        waiting_place=uow.line.place_of(case_id) if case.placement.state == "waiting" else None,
        booking=booking,
        session=session,
        free=[one for one in offered if not booking or one.session_id != booking.session_id],
    )
