"""Makes sessions from the coaches' availability, as far ahead as the programme says, and follows what changes."""

from datetime import UTC, date, datetime, timedelta

from services.scheduling.domain.availability import Slot, slots
from services.scheduling.domain.programme import ProgrammeRules
from services.scheduling.handlers.placing import replace_seat
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork

COACHES_BATCH = 50
FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


def make_sessions(uow: SchedulingUnitOfWork) -> int:
    """Renew the sessions of coaches who changed, then make those that came within the horizon."""
    changed = uow.coaches.changed(COACHES_BATCH)
    seated = {booking.case_id for coach_id in changed for booking in uow.bookings.live_of_coach(coach_id, uow.now)}
    uow.cases.lock(seated)
    for coach_id in changed:
        renew_coach(coach_id, seated, uow)
    return len(changed) + sum(_roll_on(rules, uow) for rules in uow.programmes.all())


def renew_coach(coach_id: str, locked: set[str], uow: SchedulingUnitOfWork) -> None:
    """Bring a coach's sessions in line with what was changed; the cases that have a seat with the coach are locked.

    A case that came to its seat since is not waited for, as it may wait for one of these sessions: the coach has another turn.

    Sessions nobody has a seat in are made anew. In the others the coach's promise stands, but what the coach no
    longer speaks or is accredited for is taken out, and who needed that is given another seat (rule 3).
    """
    uow.sessions.withdraw_unbooked(coach_id, uow.now, FOR_EVER)
    uow.sessions.renew_promises(coach_id, uow.now)
    for booking in uow.bookings.live_of_coach(coach_id, uow.now):
        if booking.case_id not in locked:
            uow.coaches.touch(coach_id)
            continue
        case = uow.cases.in_hand(booking.case_id)
        current = uow.bookings.get(booking.booking_id)
        session = uow.sessions.get(current.session_id) if current else None
        if case and current and session and current.state == "booked" and session.coach_id == coach_id:
            keeps = set(current.topics) <= set(session.topics) and current.language in session.languages
            if not keeps:
                replace_seat(case, current, uow, by="staff", reason="coach_changed")
    uow.coaches.forget_horizon(coach_id)


def _roll_on(rules: ProgrammeRules, uow: SchedulingUnitOfWork) -> int:
    today, horizon = rules.today(uow.now), rules.horizon(uow.now)
    if horizon < max(today, rules.starts_on):
        return 0
    behind = uow.coaches.to_schedule(rules, horizon, COACHES_BATCH)
    if not behind:
        return 0
    weeks = uow.coaches.weeks([coach_id for coach_id, _ in behind], uow.now)
    made: list[tuple[str, Slot]] = []
    for coach_id, made_until in behind:
        first = max(today, rules.starts_on, made_until + timedelta(days=1) if made_until else today)
        days = _days(first, horizon)
        made.extend((coach_id, slot) for slot in slots(weeks[coach_id], rules, days, uow.now))
    uow.sessions.make(rules.programme_id, made)
    uow.coaches.made_until(rules.programme_id, [coach_id for coach_id, _ in behind], horizon)
    return len(behind)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
