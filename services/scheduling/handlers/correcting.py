"""What was recorded wrongly is put right: somebody came after all, or achieved more than was recorded."""

from dataclasses import replace

from frist_contracts.scheduling import BookingConfirmed, CaseWaitlisted
from services.scheduling.domain.case import Case
from services.scheduling.domain.placement import Attendance, Placement
from services.scheduling.domain.refusals import NotRecorded, SeatUnfit
from services.scheduling.domain.session import Booking, Session
from services.scheduling.handlers.attendance import (
    booking_in_hand,
    fulfils,
    refuse_unknown_topics,
    tell_attended,
    tell_held,
)
from services.scheduling.handlers.placing import cancel, place
from services.scheduling.handlers.telling import session_facts, tell
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork

RECORDED = ("attended", "no_show")
CAME_AFTER_ALL = "came_after_all"


def correct_attendance(
    booking_id: str, said: Attendance, uow: SchedulingUnitOfWork, *, by: str, reason: str
) -> Booking:
    """Put right what was recorded; the same as is recorded changes nothing. Returns the booking as it was.

    Refuses what was never recorded, an outcome for a topic that is none of the programme's, and to say less than was told and counted (`CannotBeTakenBack`): nobody who
    listens could undo a duty that was met, a survey that was sent or a subsidy.
    """
    case, booking, session = booking_in_hand(booking_id, uow)
    if booking.state not in RECORDED:
        raise NotRecorded("Nothing is recorded of this booking yet; record it first.")
    refuse_unknown_topics(said, {*case.rules.topics, *booking.topics})
    before = Attendance.recorded(booking.state, uow.bookings.recorded(booking_id))
    after = said.in_place_of(before).completed(booking.topics, case.need.levels)
    if after != before:
        uow.corrections.add(booking_id, before, by=by, reason=reason, now=uow.now)
        _put_right(case, booking, session, uow, before=before, after=after)
    return booking


def _put_right(
    case: Case, booking: Booking, session: Session, uow: SchedulingUnitOfWork, *, before: Attendance, after: Attendance
) -> None:
    needs_more = after.rebook and case.is_open and bool(after.unachieved) and not fulfils(case, after, uow)
    if not before.attended and not needs_more and not after.unspoken_of(case.need.topics):
        _give_way(case, uow)
    if not before.attended and uow.bookings.is_elsewhere(booking):
        raise SeatUnfit("The organisation has another session at that time, so it cannot have come to this one.")
    uow.bookings.record(booking.booking_id, after, uow.now)
    was = replace(case.placement)
    tell_attended(case, booking, session, after, uow)
    case.placement.missed = uow.bookings.missed_after(booking)
    if needs_more:
        case.need = replace(case.need, topics=after.unachieved)
        uow.cases.leave_topics(case.case_id, case.need.topics)
    _stand_again(case, was, uow, needs_more=needs_more)
    if not before.attended:
        _count_again(session.session_id, uow)


def _give_way(case: Case, uow: SchedulingUnitOfWork) -> None:
    """Who came after all and needs no more gives back what it got for not having come: a seat ahead, or its place in line."""
    ahead = uow.bookings.live_of_case(case.case_id)
    if ahead and ahead.starts_at > uow.now:
        cancel(case, ahead, uow, by="staff", reason=CAME_AFTER_ALL)
    elif case.placement.state == "waiting":
        case.placement.leave(CAME_AFTER_ALL)


def _stand_again(case: Case, was: Placement, uow: SchedulingUnitOfWork, *, needs_more: bool) -> None:
    """Where the case stands now is the newest word on it: its seat ahead and its place in line are told once more."""
    ahead = uow.bookings.live_of_case(case.case_id)
    if ahead:
        _keep_seat(case, ahead, uow)
    elif was.state == "waiting":
        case.placement = replace(was, sequence=case.placement.sequence, missed=case.placement.missed)
        tell(CaseWaitlisted, case, uow, topics=sorted(case.need.topics), reason=was.reason)
    elif needs_more:
        place(case, uow, "another_session")
        return
    uow.placements.save(case)


def _keep_seat(case: Case, ahead: Booking, uow: SchedulingUnitOfWork) -> None:
    session = uow.sessions.get(ahead.session_id)
    assert session is not None  # noqa: S101 - a booking references its session
    if ahead.starts_at > uow.now:
        uow.bookings.set_topics(ahead.booking_id, case.need)
    case.placement.book(ahead.booking_id)
    facts = session_facts(session, ahead.language)
    tell(BookingConfirmed, case, uow, booking_id=ahead.booking_id, revision=ahead.revision, session=facts)


def _count_again(session_id: str, uow: SchedulingUnitOfWork) -> None:
    """A session that was counted is counted with one more; one that still is to be recorded is counted then."""
    session = uow.sessions.lock(session_id)
    if session and session.state in {"held", "missed"}:
        attended, _ = uow.bookings.attended_in(session_id)
        uow.sessions.finish(session_id, "held")
        tell_held(session, attended, uow)
