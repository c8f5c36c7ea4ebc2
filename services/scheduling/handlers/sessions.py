"""Sessions that people cancel: illness, a flooded room."""

from datetime import datetime

from messaging.identifiers import new_id
from services.scheduling.domain.reach import within_reach
from services.scheduling.domain.refusals import InvalidValue, NotFound, SessionOver
from services.scheduling.handlers.placing import cancel, wait
from services.scheduling.storage.coaches import KeptAbsence
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork


def cancel_session(session_id: str, reason: str, uow: SchedulingUnitOfWork) -> list[str]:
    """Cancel a session: every owner is told and put back first in line. Cancelling twice changes nothing.

    Gives the cases that lose their seat.
    """
    uow.cases.lock(booking.case_id for booking in uow.bookings.live_of_session(session_id))
    session = uow.sessions.lock(session_id)
    if session is None:
        raise NotFound("There is no such session; reload the week and try again.")
    if session.state == "cancelled":
        return []
    if session.starts_at <= uow.now:
        raise SessionOver("The session has begun; record who came instead.")
    uow.sessions.finish(session_id, "cancelled", reason)
    uow.capacity.changed(session.municipality)
    bookings = uow.bookings.live_of_session(session_id)
    for booking in bookings:
        case = uow.cases.in_hand(booking.case_id)
        if case:
            cancel(case, booking, uow, by="staff", reason="session_cancelled")
            wait(case, uow, "session_cancelled", first=True)
    return [booking.case_id for booking in bookings]


def add_absence(
    coach_id: str, starts_at: datetime, ends_at: datetime, reason: str, uow: SchedulingUnitOfWork
) -> tuple[str, list[str]]:
    """The coach is away: sessions in that time are cancelled, those nobody has a seat in just go.

    Gives the absence's id and the cases that lose their seat.
    """
    if uow.coaches.get(coach_id) is None:
        raise NotFound("There is no such coach; check the id.")
    within_reach(starts_at, "starts_at")
    within_reach(ends_at, "ends_at")
    if ends_at <= starts_at:
        raise InvalidValue("The absence ends before it begins; write the earlier one first.", field="ends_at")
    uow.coaches.touch(coach_id)
    absence = KeptAbsence(new_id(), coach_id, starts_at, ends_at, reason)
    uow.coaches.add_absence(absence)
    case_ids: list[str] = []
    since = max(starts_at, uow.now)
    uow.sessions.withdraw_unbooked(coach_id, since, ends_at)
    for session in uow.sessions.of_coach_between(coach_id, since, ends_at):
        if session.starts_at > uow.now and session.state == "open":
            case_ids += cancel_session(session.session_id, "coach_absent", uow)
    return absence.absence_id, case_ids


def remove_absence(coach_id: str, absence_id: str, uow: SchedulingUnitOfWork) -> None:
    """The coach is there after all: sessions are made for that time again."""
    if not uow.coaches.remove_absence(coach_id, absence_id):
        raise NotFound("There is no such absence; reload the page.")
    uow.coaches.touch(coach_id)
