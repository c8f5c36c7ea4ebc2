"""What an organisation by its link, or staff on its behalf, does with its seat."""

from dataclasses import replace
from datetime import timedelta

from services.scheduling.domain.case import Case
from services.scheduling.domain.refusals import (
    CaseNotPlaceable,
    NotFound,
    NothingToCancel,
    SeatTaken,
    SeatUnfit,
    SessionOver,
)
from services.scheduling.domain.session import Session
from services.scheduling.handlers.placing import let_go, move, place, seat
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork

_MISFITS = {
    "too_far": "The session is in another municipality; choose one in or next to your own.",
    "form_not_wanted": "This kind of help was not asked for; choose another session or change what you wish for.",
    "no_address": "Nobody knows where to visit you; write the address in your contact data, then choose the visit.",
    "topics_not_covered": "The coach of this session does not help with all your topics; choose another session.",
    "language_not_spoken": "The coach of this session does not speak your language; choose another session.",
    "other_level": "The course is of another level than yours; choose one of your level.",
    "too_soon": "The session begins too soon to prepare for; choose a later one.",
    "too_late": "The session ends after the deadline; choose an earlier one.",
}


def choose_seat(case_id: str, session_id: str, uow: SchedulingUnitOfWork, *, by: str = "organisation") -> None:
    """Give the case a seat in the session it chose, moving its booking if it has one; choosing twice changes nothing.

    Staff who stand before the organisation need no notice.
    """
    case = _placeable(case_id, uow)
    if by == "staff":
        case.rules = replace(case.rules, minimum_notice=timedelta())
    booking = uow.bookings.live_of_case(case_id)
    if booking and booking.session_id == session_id:
        return
    if booking and booking.starts_at <= uow.now:
        raise SessionOver("Your session has begun; the coach records it before another one can be chosen.")
    session = _take(case, session_id, uow)
    if booking:
        move(case, booking, session, uow, by)
    else:
        seat(case, session, uow)


def give_up(case_id: str, uow: SchedulingUnitOfWork, *, by: str = "organisation") -> None:
    """The case wants neither its seat nor its place in line any more."""
    case = uow.cases.in_hand(case_id)
    if case is None:
        raise NotFound("There is no such case; check the address.")
    booking = uow.bookings.live_of_case(case_id)
    if booking and booking.starts_at <= uow.now:
        raise SessionOver("The session has begun; its coach records who came.")
    if not let_go(case, uow, by=by, reason="asked"):
        raise NothingToCancel("There is no seat to cancel and no place in line to give up.")


def ask_again(case_id: str, uow: SchedulingUnitOfWork) -> None:
    """The case wants a seat after all: the earliest that fits, or a place in line."""
    case = _placeable(case_id, uow)
    if case.placement.state not in {"booked", "waiting"}:
        place(case, uow)


def _placeable(case_id: str, uow: SchedulingUnitOfWork) -> Case:
    case = uow.cases.in_hand(case_id)
    if case is None:
        raise NotFound("There is no such case, or it has not told what it needs; answer the inventory first.")
    if not case.is_open or not case.need.wants_help:
        raise CaseNotPlaceable("The case is closed, or asked for no help; answer the inventory to ask for help.")
    return case


def _take(case: Case, session_id: str, uow: SchedulingUnitOfWork) -> Session:
    session = uow.sessions.get(session_id)
    if session is None:
        raise NotFound("There is no such session; choose one of those listed.", field="session_id")
    reason = case.misfit(session.offer, uow.now)
    if reason:
        raise SeatUnfit(_MISFITS[reason], field="session_id", reason=reason)
    taken = uow.seats.take(session_id, case, uow.now) if session.is_free else None
    if taken is None:
        message = "The seat is taken, or you are somewhere else at that time; choose another one."
        raise SeatTaken(message, field="session_id")
    return taken
