"""Who may touch what: the fences around municipalities, coaches and organisations' links, with every use logged."""

from collections.abc import Iterable

from services.scheduling.domain.case import Case
from services.scheduling.domain.people import Coach
from services.scheduling.domain.refusals import NotFound
from services.scheduling.domain.session import Session
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork
from web.access import Forbidden, Role, abort_unless_municipality, act_as_organisation, current_actor
from web.access_log import log_access
from web.links import LinkUnknown


def case_of_link(token: str, action: str, uow: SchedulingUnitOfWork) -> str:
    """The case whose organisation holds this link; its use is logged. Raises `LinkUnknown`."""
    case_id = uow.contacts.case_of_link(uow.links.hash(token))
    if case_id is None:
        raise LinkUnknown
    act_as_organisation(case_id)
    log_access(uow, action=action, subject=f"case:{case_id}")
    return case_id


def case_for_staff(case_id: str, action: str, uow: SchedulingUnitOfWork) -> None:
    """Let staff or a key touch a case of their own municipality; its use is logged."""
    abort_unless_municipality(_case(case_id, uow).municipality)
    _note_on_behalf(case_id, action, uow)


def note_changed(case_ids: Iterable[str], uow: SchedulingUnitOfWork) -> None:
    """Keep in the access log that the caller changed what these cases had."""
    for case_id in case_ids:
        log_access(uow, action="change", subject=f"case:{case_id}")


def place_for_staff(case_id: str, action: str, uow: SchedulingUnitOfWork) -> None:
    """Let staff or a key touch where a case stands, on its behalf; its use is logged.

    They are in charge of the case's municipality, or of the session that it has a seat in; others are refused.
    """
    case = _case(case_id, uow)
    if current_actor().role is Role.COACH or not is_own_municipality(case.municipality):
        booking = uow.bookings.live_of_case(case_id)
        if booking is None:
            raise Forbidden("This case has no seat in a session of yours; ask its municipal lead.")
        session_for_staff(booking.session_id, uow)
    _note_on_behalf(case_id, action, uow)


def coach_for_staff(coach_id: str, action: str, uow: SchedulingUnitOfWork) -> Coach:
    """The coach, if the caller may change the coach's week: the coach, or who is in charge of the coach's home; kept in the access log."""
    coach = coach_at_work(coach_id, action, uow)
    if not is_in_charge(coach):
        raise Forbidden("This coach's home is another municipality; ask its lead.")
    return coach


def coach_at_work(coach_id: str, action: str, uow: SchedulingUnitOfWork) -> Coach:
    """The coach, if the caller is the coach or in charge of a place the coach works in; kept in the access log.

    What is seen of the coach's visitors `fence_at` says.
    """
    coach: Coach | None = uow.coaches.get(coach_id)
    if coach is None:
        raise NotFound("There is no such coach; check the id.", field="coach_id")
    works_there = any(map(is_own_municipality, coach.municipalities))
    if not _is_self(coach) and (current_actor().role is Role.COACH or not works_there):
        raise Forbidden("This is another coach's; ask your municipal lead.")
    log_access(uow, action=action, subject=f"coach:{coach_id}")
    return coach


def is_in_charge(coach: Coach) -> bool:
    """Whether the caller is the coach or in charge of the coach's home, which comes first of the municipalities."""
    is_lead = current_actor().role is not Role.COACH and is_own_municipality(coach.municipalities[0])
    return _is_self(coach) or is_lead


def fence_at(coach: Coach) -> str | None:
    """The municipality whose sessions with the coach the caller sees; None is all of them, as for the coach."""
    return None if _is_self(coach) or is_own_municipality("") else current_actor().municipality


def abort_unless_place_of(coach: Coach, venue_id: str, uow: SchedulingUnitOfWork) -> None:
    """Raise `Forbidden` when the caller would open a course in another municipality; the coach may in each of theirs."""
    venue = uow.venues.get(venue_id)
    if venue and not _is_self(coach):
        abort_unless_municipality(venue.municipality)


def session_for_staff(session_id: str, uow: SchedulingUnitOfWork) -> Session:
    """The session, if the caller is its coach or in charge of its municipality."""
    session = uow.sessions.get(session_id)
    if session is None:
        raise NotFound("There is no such session; reload and try again.")
    actor = current_actor()
    if actor.coach_id != session.coach_id or actor.coach_id is None:
        if actor.role is Role.COACH:
            raise Forbidden("This is another coach's session; ask your municipal lead.")
        abort_unless_municipality(session.municipality)
    return session


def session_to_correct(session_id: str, uow: SchedulingUnitOfWork) -> Session:
    """The session, if the caller is in charge of its municipality; its coach cannot correct what the coach recorded."""
    session = session_for_staff(session_id, uow)
    if not may_correct(session):
        raise Forbidden("What was recorded is corrected by the municipality's lead.")
    return session


def may_correct(session: Session) -> bool:
    """Whether the caller may correct what was recorded of the session."""
    return current_actor().role is not Role.COACH and is_own_municipality(session.municipality)


def municipality_for_staff(wanted: str | None) -> str | None:
    """The municipality a list is for: the caller's own unless another may be seen; None is the whole country."""
    code = wanted or current_actor().municipality
    if code:
        abort_unless_municipality(code)
    elif not current_actor().may_see_municipality(""):
        raise Forbidden("Say which municipality: this list is for one at a time.", field="municipality")
    return code


def is_own_municipality(code: str) -> bool:
    """Whether the caller may write in a municipality."""
    return current_actor().may_see_municipality(code)


def _is_self(coach: Coach) -> bool:
    return current_actor().coach_id == coach.coach_id


def done_by() -> str:
    """Who acts, for `made_by` of what they open."""
    actor = current_actor()
    return f"{actor.kind}:{actor.coach_id or actor.actor_id}"


def _case(case_id: str, uow: SchedulingUnitOfWork) -> Case:
    case = uow.cases.in_hand(case_id)
    if case is None:
        raise NotFound("There is no such case, or it has not answered the inventory.")
    return case


def _note_on_behalf(case_id: str, action: str, uow: SchedulingUnitOfWork) -> None:
    log_access(uow, action=action, subject=f"case:{case_id}", on_behalf_of=f"case:{case_id}")
