"""Who came and what was achieved, as the coach records it."""

from dataclasses import replace
from datetime import timedelta

from frist_contracts.scheduling import BookingAttended, BookingMissed, CaseUnplaced, Outcome, SessionHeld
from services.scheduling.domain.case import Case
from services.scheduling.domain.placement import LIVE, Attendance
from services.scheduling.domain.refusals import AlreadyRecorded, InvalidValue, NotFound, SessionOver, TooEarlyToRecord
from services.scheduling.domain.session import Booking, Session
from services.scheduling.handlers.placing import place, wait
from services.scheduling.handlers.telling import tell
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork

HOLD_BATCH = 200
HOLD_AFTER = timedelta(days=1)


def record_attendance(booking_id: str, said: Attendance, uow: SchedulingUnitOfWork) -> Booking:
    """Record a booking once; the same again changes nothing. Returns the booking as it was.

    Refuses an outcome for a topic that is neither the programme's nor the booking's.
    """
    case, booking, session = booking_in_hand(booking_id, uow)
    refuse_unknown_topics(said, {*case.rules.topics, *booking.topics})
    attendance = said.completed(booking.topics, case.need.levels)
    if booking.state not in LIVE:
        _refuse_another_record(booking, attendance, uow)
        return booking
    if case.rules.today(uow.now) < session.day:
        raise TooEarlyToRecord("Attendance is recorded on the day of the session or later.")
    uow.bookings.record(booking_id, attendance, uow.now)
    if attendance.attended:
        _attended(case, booking, session, attendance, uow)
    else:
        _missed(case, booking, session, uow)
    _hold_if_recorded(session.session_id, uow)
    return booking


def booking_in_hand(booking_id: str, uow: SchedulingUnitOfWork) -> tuple[Case, Booking, Session]:
    """A booking with its case, locked, and its session; raises `NotFound`."""
    found = uow.bookings.get(booking_id)
    case = uow.cases.in_hand(found.case_id) if found else None
    booking = uow.bookings.get(booking_id)
    session = uow.sessions.get(booking.session_id) if booking else None
    if case is None or booking is None or session is None:
        raise NotFound("There is no such booking; reload the day and try again.")
    return case, booking, session


def hold_sessions(uow: SchedulingUnitOfWork) -> int:
    """Count sessions as held whose last open booking went away without being recorded; never guess attendance."""
    session_ids = uow.sessions.to_hold(uow.now - HOLD_AFTER, HOLD_BATCH)
    for session_id in session_ids:
        _hold_if_recorded(session_id, uow)
    return len(session_ids)


def refuse_unknown_topics(said: Attendance, known: set[str]) -> None:
    """Raise `InvalidValue` for the first outcome whose topic is not among the known ones."""
    for number, outcome in enumerate(said.outcomes):
        if outcome.topic not in known:
            message = f"“{outcome.topic}” is no topic of the programme; choose from {', '.join(sorted(known))}."
            raise InvalidValue(message, field=f"outcomes.{number}.topic")


def tell_attended(case: Case, booking: Booking, session: Session, said: Attendance, uow: SchedulingUnitOfWork) -> None:
    """The case has been helped; where it stands then is the caller's to save."""
    case.placement.attend()
    outcomes = [Outcome(**vars(outcome)) for outcome in said.outcomes]
    tell(
        BookingAttended,
        case,
        uow,
        booking_id=booking.booking_id,
        session_id=session.session_id,
        coach_id=session.coach_id,
        form=session.form,
        outcomes=outcomes,
    )


def fulfils(case: Case, said: Attendance, uow: SchedulingUnitOfWork) -> bool:
    """Whether all that the case has achieved by now meets its duty: it is about to be closed, and would lose a new seat at once."""
    return case.rules.is_fulfilled_by(said.achieved | uow.bookings.achieved_by(case.case_id))


def _attended(case: Case, booking: Booking, session: Session, said: Attendance, uow: SchedulingUnitOfWork) -> None:
    tell_attended(case, booking, session, said, uow)
    undone = said.unachieved if said.rebook else frozenset()
    left = undone | said.unspoken_of(case.need.topics)
    if left and case.is_open and not fulfils(case, said, uow):
        case.need = replace(case.need, topics=left)
        uow.cases.leave_topics(case.case_id, case.need.topics)
        place(case, uow, "another_session" if undone else "no_seat_fits")
    else:
        uow.placements.save(case)


def _missed(case: Case, booking: Booking, session: Session, uow: SchedulingUnitOfWork) -> None:
    case.placement.miss()
    tell(BookingMissed, case, uow, booking_id=booking.booking_id, session_id=session.session_id, form=session.form)
    if not case.is_open:
        reason = "case_closed"
    elif not case.need.wants_help:
        reason = "no_help_wanted"
    elif case.placement.missed > case.rules.rebook_after_no_show:
        reason = "too_many_no_shows"
    else:
        wait(case, uow, "no_show")
        return
    case.placement.leave(reason)
    tell(CaseUnplaced, case, uow, reason=reason)
    uow.placements.save(case)


def _refuse_another_record(booking: Booking, attendance: Attendance, uow: SchedulingUnitOfWork) -> None:
    if booking.state == "cancelled":
        raise SessionOver("The booking was cancelled; there is nothing to record.")
    recorded = uow.bookings.recorded(booking.booking_id)
    same_outcomes = recorded["outcomes"] == [vars(outcome) for outcome in attendance.outcomes]
    if attendance.attended != (booking.state == "attended") or (attendance.attended and not same_outcomes):
        raise AlreadyRecorded("This booking was recorded before, and differently; your municipal lead can correct it.")


def _hold_if_recorded(session_id: str, uow: SchedulingUnitOfWork) -> None:
    session = uow.sessions.lock(session_id)
    if session is None or session.state != "open":
        return
    attended, unrecorded = uow.bookings.attended_in(session_id)
    if unrecorded:
        return
    uow.sessions.finish(session_id, "held" if attended else "missed")
    if attended:
        tell_held(session, attended, uow)


def tell_held(session: Session, attended: int, uow: SchedulingUnitOfWork) -> None:
    """The session took place; who came is never taken back, so their number is the version of what is told."""
    uow.outbox.add(
        SessionHeld(
            session_id=session.session_id,
            programme_id=session.programme_id,
            municipality=session.municipality,
            sequence=attended,
            coach_id=session.coach_id,
            form=session.form,
            starts_at=session.starts_at,
            seats=session.seats,
            attended=attended,
        )
    )
