"""What an organisation sees of its own place."""

from dataclasses import dataclass, field

from services.scheduling.domain.case import Case
from services.scheduling.domain.session import Booking, Session
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork
from web.paging import Page, PageArgs


@dataclass(frozen=True)
class ShownPlace:
    """Where a case stands; `case` is None before its inventory was answered, and `next` the cursor of later free seats."""

    state: str = "none"
    case: Case | None = None
    waiting_place: int | None = None
    booking: Booking | None = None
    session: Session | None = None
    free: list[Session] = field(default_factory=list)
    next: str | None = None


def show_place(
    case_id: str, uow: SchedulingUnitOfWork, *, form: str | None = None, page: PageArgs | None = None
) -> ShownPlace:
    """The case's place, its seat, and a page of the free seats it may choose from, the earliest first; none without a page."""
    case = uow.cases.in_hand(case_id)
    if case is None:
        return ShownPlace()
    booking = uow.bookings.live_of_case(case_id)
    session = uow.sessions.get(booking.session_id) if booking else None
    may_choose = case.is_open and case.need.wants_help and not (booking and booking.starts_at <= uow.now)
    offered = free_seats(case, uow, page, form=form) if may_choose and page else Page(items=[], next=None)
    return ShownPlace(
        state=case.placement.state,
        case=case,
        waiting_place=uow.line.place_of(case_id) if case.placement.state == "waiting" else None,
        booking=booking,
        session=session,
        free=[one for one in offered.items if not booking or one.session_id != booking.session_id],
        next=offered.next,
    )


def free_seats(
    case: Case, uow: SchedulingUnitOfWork, page: PageArgs, *, form: str | None = None, coach_id: str | None = None
) -> Page[Session]:
    """A page of the free seats that fit the case, the earliest first; with a coach only that one's."""
    rows = uow.seats.free(case, uow.now, form=form, coach_id=coach_id, after=page.after_instant, limit=page.rows)
    return Page.of(rows, page, lambda session: (session.starts_at, session.session_id))
