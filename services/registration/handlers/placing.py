"""Follows what scheduling says of cases' places, a batch at a time, whatever order it comes in."""

from collections.abc import Iterator, Sequence
from datetime import datetime

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
    states = []
    for event in events:
        case = cases.get(event.case_id)
        if case is None:
            raise CaseUnknown(f"Scheduling speaks of a case that is not here: {event.case_id}.")
        case.follow_placement(event.sequence, STAGES[type(event)])
        states.append(case.state)
    _take_achievements(events, cases, uow)
    uow.history.add(_entries(events, states, cases, uow.now))
    newest = {event.case_id: event for event in sorted(events, key=lambda event: event.sequence)}
    for case in cases.values():
        tell_state(case, before[case.case_id], uow, because=newest[case.case_id])
    uow.cases.save(cases.values(), uow.now)


def _entries(
    events: Sequence[Placement], states: Sequence[str], cases: dict[str, Case], now: datetime
) -> Iterator[HistoryEntry]:
    """What stands in the cases' histories; `states` are those before what was achieved in the batch was known.

    Of several sessions that a case came to it is the last by which its duty is met, and it stays met.
    """
    last = {event.case_id: event for event in events if isinstance(event, BookingAttended)}
    came: set[str] = set()
    for event, state in zip(events, states, strict=True):
        case = cases[event.case_id]
        if event is last.get(case.case_id):
            came.add(case.case_id)
        reached = case.state if case.duty_met and case.case_id in came else state
        yield HistoryEntry(case.case_id, now, event.slug(), reached, BY_PROGRAMME)


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
