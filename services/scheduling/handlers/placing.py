"""Gives cases seats, moves them, takes seats away: the steps every use case is made of.

A case is always locked before a session, so that two people never wait for each other.
"""

from frist_contracts import Event
from frist_contracts.scheduling import BookingCancelled, BookingConfirmed, BookingMoved, CaseUnplaced, CaseWaitlisted
from messaging.identifiers import new_id
from services.scheduling.domain.case import Case
from services.scheduling.domain.session import Booking, Session
from services.scheduling.handlers.telling import session_facts, tell
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork


def place(case: Case, uow: SchedulingUnitOfWork, reason: str = "no_seat_fits") -> None:
    """Give the case the earliest seat that fits, else a place in the line."""
    session = uow.seats.take_earliest(case, uow.now)
    if session is None:
        wait(case, uow, reason)
    else:
        seat(case, session, uow)


def wait(
    case: Case, uow: SchedulingUnitOfWork, reason: str, *, first: bool = False, because: Event | None = None
) -> None:
    """Put the case in the line of its municipality; one that stands in line already keeps its right, also after a move."""
    joins = case.placement.state != "waiting" or case.placement.municipality != case.municipality
    case.placement.wait(uow.now, reason, first=first)
    if joins:
        tell(CaseWaitlisted, case, uow, because=because, topics=sorted(case.need.topics), reason=reason)
    uow.placements.save(case)


def seat(case: Case, session: Session, uow: SchedulingUnitOfWork) -> str:
    """Book the case into a session whose seat has been taken for it."""
    booking_id = new_id()
    uow.bookings.add(booking_id, case, session, uow.now)
    case.placement.book(booking_id)
    facts = session_facts(session, case.need.language)
    tell(BookingConfirmed, case, uow, booking_id=booking_id, revision=0, session=facts)
    uow.placements.save(case)
    return booking_id


def move(case: Case, booking: Booking, session: Session, uow: SchedulingUnitOfWork, moved_by: str) -> None:
    """Put the booking into another session whose seat has been taken for it; the owner is told (rule 5)."""
    uow.bookings.move(booking.booking_id, case, session, moved_by, uow.now)
    uow.seats.release(booking.session_id)
    case.placement.book(booking.booking_id)
    tell(
        BookingMoved,
        case,
        uow,
        booking_id=booking.booking_id,
        revision=booking.revision + 1,
        moved_by=moved_by,
        session=session_facts(session, case.need.language),
    )
    uow.placements.save(case)


def cancel(case: Case, booking: Booking, uow: SchedulingUnitOfWork, *, by: str, reason: str) -> None:
    """End a booking and free its seat; where the case stands then is the caller's to say and to save."""
    session = uow.sessions.get(booking.session_id)
    assert session is not None  # noqa: S101 - a booking references its session
    uow.bookings.cancel(booking.booking_id, reason)
    uow.seats.release(booking.session_id)
    case.placement.leave(reason)
    tell(
        BookingCancelled,
        case,
        uow,
        booking_id=booking.booking_id,
        revision=booking.revision + 1,
        cancelled_by=by,
        reason=reason,
        session=session_facts(session, booking.language),
    )


def let_go(case: Case, uow: SchedulingUnitOfWork, *, by: str, reason: str) -> bool:
    """Take the case off its seat or out of the line; False when it had neither. A session that began is kept."""
    booking = uow.bookings.live_of_case(case.case_id)
    if booking and booking.starts_at > uow.now:
        cancel(case, booking, uow, by=by, reason=reason)
    elif case.placement.state == "waiting":
        case.placement.leave(reason)
        tell(CaseUnplaced, case, uow, reason=reason)
    else:
        return False
    uow.placements.save(case)
    return True


def replace_seat(case: Case, booking: Booking, uow: SchedulingUnitOfWork, *, by: str, reason: str) -> None:
    """Find another seat for a booking that does not fit any more, else cancel it and put the case first in line."""
    session = uow.seats.take_earliest(case, uow.now)
    if session is not None:
        move(case, booking, session, uow, by)
        return
    cancel(case, booking, uow, by=by, reason=reason)
    wait(case, uow, reason, first=True)
