"""A case: what is known of one organisation in one programme, and the one state that follows from it.

The state is derived from the facts alone and never set, so that facts learnt late, twice or in another order
lead to the same state.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from messaging.refusals import Refusal
from services.registration.domain.words import (
    ASSESSED,
    BOOKED,
    EXEMPT,
    FINAL_STATES,
    FULFILLED,
    HELPED,
    OBLIGED,
    REGISTERED,
    UNREACHABLE,
    WAITING,
    WITHDRAWN,
)


class CaseEnded(Refusal):
    """The case has ended, so this can no longer be done."""

    slug = "case_ended"


class CaseNotRegistered(Refusal):
    """The organisation has to register before this can be done."""

    slug = "case_not_registered"


class Stage(StrEnum):
    """What scheduling last said of a case's place."""

    NONE = "none"
    WAITING = "waiting"
    BOOKED = "booked"
    HELPED = "helped"


@dataclass(frozen=True)
class Duty:
    """When a case is done: every one of `topics` achieved, or any help at all."""

    topics: frozenset[str] = frozenset()
    any_help: bool = False

    def is_met(self, achieved: Iterable[str], *, attended: bool) -> bool:
        """Whether what was achieved meets the duty."""
        return attended if self.any_help else bool(self.topics) and self.topics <= set(achieved)


@dataclass
class Case:
    """One organisation in one programme. `version` goes up with every event told of the case."""

    case_id: str
    programme_id: str
    organisation_id: str | None
    municipality: str
    kind: str
    registered_by: str | None = None
    registered_at: datetime | None = None
    help_forms: list[str] = field(default_factory=list)
    levels: dict[str, int] | None = None
    topics: list[str] = field(default_factory=list)
    stage: Stage = Stage.NONE
    placement_sequence: int = 0
    attended: bool = False
    duty_met: bool = False
    ending: str | None = None
    ending_reason: str | None = None
    evidence: str | None = None
    erased: bool = False
    version: int = 0

    @property
    def state(self) -> str:
        """The one state of the case; a met duty outweighs every other ending."""
        if self.duty_met:
            return FULFILLED
        if self.ending is not None:
            return self.ending
        if self.registered_by is None:
            return OBLIGED
        if self.levels is None:
            return REGISTERED
        return self._placed_state()

    @property
    def has_ended(self) -> bool:
        """Whether nobody does anything more for this case."""
        return self.state in FINAL_STATES

    def next_version(self) -> int:
        """The sequence of the next event told of this case."""
        self.version += 1
        return self.version

    def may_be_registered(self, *, by_staff: bool) -> bool:
        """Whether whoever knows the organisation's number may register it.

        What somebody has registered is theirs, also after they withdrew: their own link opens it again, or staff do.
        Where nobody is reached any more, another begins anew.
        """
        if self.state in {FULFILLED, EXEMPT}:
            return False
        if self.registered_by is None or self.state == UNREACHABLE:
            return True
        return by_staff and self.state == WITHDRAWN

    def register(self, registered_by: str, help_forms: list[str], now: datetime) -> None:
        """The organisation was heard from. A withdrawn or unreachable case opens again, with a new inventory."""
        if self.state in {FULFILLED, EXEMPT}:
            raise CaseEnded("The duty is met or lifted already; there is nothing more to do.", state=self.state)
        if self.ending is not None:
            self.ending = self.ending_reason = self.evidence = None
            self.levels, self.topics = None, []
        self.registered_by = registered_by
        self.registered_at = self.registered_at or now
        self.help_forms = help_forms

    def assess(self, levels: dict[str, int], topics: list[str], help_forms: list[str] | None = None) -> None:
        """The skills inventory was answered; answering again replaces the answers."""
        self._must_be_open()
        if self.registered_by is None:
            raise CaseNotRegistered("Register the organisation first; then answer the inventory.")
        self.levels, self.topics = levels, topics
        if help_forms:
            self.help_forms = help_forms

    def follow_placement(self, sequence: int, stage: Stage) -> None:
        """What scheduling says of the case's place counts if nothing newer was learnt before."""
        if sequence > self.placement_sequence:
            self.placement_sequence, self.stage = sequence, stage
        self.attended = self.attended or stage is Stage.HELPED

    def move_to(self, municipality: str) -> bool:
        """The organisation is in another municipality now; says whether that is news. An ended case stays counted."""
        if self.has_ended or municipality == self.municipality:
            return False
        self.municipality = municipality
        return True

    def close(self, ending: str, reason: str, evidence: str | None = None) -> None:
        """End the case by somebody's decision; the same ending again changes nothing."""
        if self.state == ending:
            return
        self._must_be_open()
        self.ending, self.ending_reason, self.evidence = ending, reason, evidence

    def withdraw(self) -> None:
        """The organisation wants no more of the programme."""
        self.close(WITHDRAWN, "asked")

    def reach_again(self) -> None:
        """An unreachable organisation gave a working address: the case goes on where it stood.

        Its stage stays what scheduling last said. Where that is a seat, scheduling has either not told yet that it took it,
        or never will, because it hears of the end and of the new beginning in the other order and leaves the seat alone.
        """
        self.ending = self.ending_reason = None

    def forget(self) -> None:
        """Nothing personal of the case stays: whose it was, and why it ended, which may name people or a disability."""
        self.organisation_id = self.ending_reason = self.evidence = None
        self.erased = True

    def _must_be_open(self) -> None:
        if self.has_ended:
            raise CaseEnded("The case has ended, so this can no longer be done.", state=self.state)

    def _placed_state(self) -> str:
        if self.stage is Stage.WAITING:
            return WAITING
        if self.stage is Stage.BOOKED:
            return BOOKED
        return HELPED if self.attended else ASSESSED
