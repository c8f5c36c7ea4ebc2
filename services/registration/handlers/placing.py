"""Follows what scheduling says of cases' places, a batch at a time, whatever order it comes in."""

from collections.abc import Sequence

from frist_contracts import (
    BookingAttended,
    BookingCancelled,
    BookingConfirmed,
    BookingMissed,
    BookingMoved,
    CaseUnplaced,
    CaseWaitlisted,
)
from services.registration.domain.case import Case, Stage
from services.registration.handlers.telling import BY_PROGRAMME, tell_state
from services.registration.storage.cases import Achievement, CaseUnknown
from services.registration.storage.history import HistoryEntry
from services.registration.storage.unit_of_work import RegistrationUnitOfWork

Placement = (
    CaseWaitlisted | CaseUnplaced | BookingConfirmed | BookingMoved | BookingCancelled | BookingMissed | BookingAttended
)

STAGES: dict[type[Placement], Stage] = {
    CaseWaitlisted: Stage.WAITING,
    CaseUnplaced: Stage.NONE,
    BookingConfirmed: Stage.BOOKED,
    BookingMoved: Stage.BOOKED,
    BookingCancelled: Stage.NONE,
    BookingMissed: Stage.NONE,
    BookingAttended: Stage.HELPED,
}
"""Where each event leaves a case."""


def follow_placements(events: Sequence[Placement], uow: RegistrationUnitOfWork) -> None:
    """Take in what is new of each case's place and tell the state that follows, once for each case and batch."""
    cases = uow.cases.load([event.case_id for event in events])
    before = {case_id: case.state for case_id, case in cases.items()}
    history = []
    for event in events:
        case = cases.get(event.case_id)
        if case is None:
            raise CaseUnknown(f"Scheduling speaks of a case that is not here: {event.case_id}.")
        case.follow_placement(event.sequence, STAGES[type(event)])
        history.append(HistoryEntry(case.case_id, uow.now, event.slug(), case.state, BY_PROGRAMME))
    _take_achievements(events, cases, uow)
    newest = {event.case_id: event for event in sorted(events, key=lambda event: event.sequence)}
    for case in cases.values():
        tell_state(case, before[case.case_id], uow, because=newest[case.case_id])
    uow.history.add(history)
    uow.cases.save(cases.values(), uow.now)


def _take_achievements(events: Sequence[Placement], cases: dict[str, Case], uow: RegistrationUnitOfWork) -> None:
    attended = [event for event in events if isinstance(event, BookingAttended)]
    if not attended:
        return
    uow.cases.add_achievements(
        Achievement(event.case_id, each.topic, event.booking_id, each.level_before, each.level_after, uow.now)
        for event in attended
        for each in event.outcomes
        if each.achieved
    )
    achieved = uow.cases.achievements([event.case_id for event in attended])
    duties = uow.programmes.duties({event.programme_id for event in attended})
    for event in attended:
        case, duty = cases[event.case_id], duties[cases[event.case_id].programme_id]
        case.duty_met = case.duty_met or duty.is_met(achieved.get(case.case_id, ()), attended=case.attended)
