"""Gives free seats to the waiting: each seat that became free once, each newcomer to the line once more."""

from collections.abc import Sequence
from datetime import timedelta

from services.scheduling.domain.programme import ProgrammeRules
from services.scheduling.handlers.placing import seat
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork

OPENINGS_BATCH = 500
SEATS_AT_ONCE = 25
"""Cases and sessions are locked until their transaction commits: whoever wants one of them meanwhile waits for it."""
NEWCOMERS_BATCH = 100
LOOK_AGAIN_AFTER = timedelta(days=3)


def allocate_waiting(uow: SchedulingUnitOfWork) -> int:
    """Offer what became free, and look for seats for whoever just joined; says how much was looked at."""
    for programme_id in uow.programmes.passing_deadlines(uow.now):
        uow.line.look_again(programme_id)
    opened = uow.line.opened(uow.now, OPENINGS_BATCH)
    if left := _offer_all(opened.session_ids, uow):
        uow.line.put_back(left)
        return opened.looked  # newcomers look around when all that is free was offered to the first in line
    newcomers = uow.line.newcomers(uow.now, NEWCOMERS_BATCH)
    for case_id, hopeful in newcomers:
        if hopeful:
            _try_again(case_id, uow)
    return opened.looked + len(newcomers)


def look_again(uow: SchedulingUnitOfWork) -> int:
    """A safety net: nobody's hopes rest on one look for longer than three days."""
    return uow.line.look_again_since(uow.now - LOOK_AGAIN_AFTER)


def _offer_all(session_ids: Sequence[str], uow: SchedulingUnitOfWork) -> Sequence[str]:
    """Offer what is free until as many seats were given as one transaction may; those are left that may be free still."""
    programmes = {rules.programme_id: rules for rules in uow.programmes.all()} if session_ids else {}
    given = 0
    for place, session_id in enumerate(session_ids):
        given += _offer(session_id, programmes, SEATS_AT_ONCE - given, uow)
        if given == SEATS_AT_ONCE:
            return session_ids[place:]
    return ()


def _offer(session_id: str, programmes: dict[str, ProgrammeRules], most: int, uow: SchedulingUnitOfWork) -> int:
    """Whoever is first in line for the free seat gets the earliest that fits, be it this one or another; how many got one."""
    session = uow.sessions.get(session_id)
    for given in range(most):
        if session is None or not session.is_free:
            return given
        rules = programmes[session.programme_id]
        earliest, latest = rules.seat_window(uow.now)
        if session.starts_at < earliest or session.ends_at > latest:
            return given
        case_id = uow.line.next_for(session, neighbours=rules.neighbours)
        if case_id is None or not _try_again(case_id, uow):
            return given
        session = uow.sessions.get(session_id)
    return most


def _try_again(case_id: str, uow: SchedulingUnitOfWork) -> bool:
    case = uow.cases.in_hand(case_id)
    if case is None or not case.is_open or case.placement.state != "waiting":
        return False
    session = uow.seats.take_earliest(case, uow.now)
    if session:
        seat(case, session, uow)
    return session is not None
