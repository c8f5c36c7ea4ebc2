"""Gives free seats to the waiting: each seat that became free once, each newcomer to the line once more."""

from datetime import timedelta

from services.scheduling.domain.programme import ProgrammeRules
from services.scheduling.handlers.placing import seat
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork

OPENINGS_BATCH = 500
NEWCOMERS_BATCH = 100
LOOK_AGAIN_AFTER = timedelta(days=3)


def allocate_waiting(uow: SchedulingUnitOfWork) -> int:
    """Offer what became free, and look for seats for whoever just joined; says how much was looked at."""
    for programme_id in uow.programmes.passing_deadlines(uow.now):
        uow.line.look_again(programme_id)
    opened = uow.line.opened(uow.now, OPENINGS_BATCH)
    rules = {rules.programme_id: rules for rules in uow.programmes.all()} if opened.session_ids else {}
    for session_id in opened.session_ids:
        _offer(session_id, rules, uow)
    newcomers = uow.line.newcomers(uow.now, NEWCOMERS_BATCH)
    for case_id, hopeful in newcomers:
        if hopeful:
            _try_again(case_id, uow)
    return opened.looked + len(newcomers)


def look_again(uow: SchedulingUnitOfWork) -> int:
    """A safety net: nobody's hopes rest on one look for longer than three days."""
    return uow.line.look_again_since(uow.now - LOOK_AGAIN_AFTER)


def _offer(session_id: str, programmes: dict[str, ProgrammeRules], uow: SchedulingUnitOfWork) -> None:
    """Whoever is first in line for the free seat gets the earliest that fits, be it this one or another."""
    session = uow.sessions.get(session_id)
    while session and session.is_free:
        rules = programmes[session.programme_id]
        earliest, latest = rules.seat_window(uow.now)
        if session.starts_at < earliest or session.ends_at > latest:
            return
        case_id = uow.line.next_for(session, neighbours=rules.neighbours)
        if case_id is None or not _try_again(case_id, uow):
            return
        session = uow.sessions.get(session_id)


def _try_again(case_id: str, uow: SchedulingUnitOfWork) -> bool:
    case = uow.cases.in_hand(case_id)
    if case is None or not case.is_open or case.placement.state != "waiting":
        return False
    session = uow.seats.take_earliest(case, uow.now)
    if session:
        seat(case, session, uow)
    return session is not None
