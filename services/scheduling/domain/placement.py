"""Where a case stands: waiting, booked, attended or not placed; and the states of a booking.

A booking goes `held` → `booked` → `attended` | `no_show` | `cancelled`; the seat it leaves behind when it changes to
another session is `moved`. It keeps its id for life.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.scheduling.domain.refusals import CannotBeTakenBack

LIVE = ("held", "booked")
"""States of a booking that lies ahead."""

SEATED = ("held", "booked", "attended", "no_show")
"""States of a booking that uses up its seat."""


@dataclass
class Placement:
    """A case's place; `sequence` counts its changes and goes out with every event about it.

    `municipality` is the one that was last told with it: the organisation may have moved since.
    """

    sequence: int = 0
    state: str = "none"
    booking_id: str | None = None
    missed: int = 0
    wished_at: datetime | None = None
    first_in_line: bool = False
    reason: str = ""
    municipality: str = ""

    def wait(self, now: datetime, reason: str, *, first: bool = False) -> None:
        """Stand in line; who already stands there keeps the place."""
        if self.state != "waiting":
            self.wished_at = now
            self.first_in_line = first
        self.state, self.reason, self.booking_id = "waiting", reason, None

    def book(self, booking_id: str) -> None:
        """Have a seat."""
        self.state, self.booking_id, self.reason, self.first_in_line = "booked", booking_id, "", False

    def attend(self) -> None:
        """The organisation came."""
        self.state, self.booking_id, self.missed = "attended", None, 0

    def leave(self, reason: str) -> None:
        """Neither have a seat nor wait for one."""
        self.state, self.booking_id, self.reason, self.first_in_line = "unplaced", None, reason, False

    def miss(self) -> None:
        """The organisation did not come."""
        self.missed += 1


@dataclass(frozen=True)
class TopicOutcome:
    """What was achieved for one topic; levels 0-3."""

    topic: str
    achieved: bool
    level_before: int
    level_after: int


@dataclass(frozen=True)
class Attendance:
    """What a coach recorded of a booking."""

    attended: bool
    outcomes: tuple[TopicOutcome, ...] = field(default=())
    rebook: bool = False

    @classmethod
    def recorded(cls, state: str, record: Mapping[str, Any]) -> "Attendance":
        """What was recorded of a booking, read back."""
        outcomes = tuple(TopicOutcome(**outcome) for outcome in record["outcomes"])
        return cls(state == "attended", outcomes, record["rebook"])

    def in_place_of(self, before: "Attendance") -> "Attendance":
        """Stand in place of `before`; a topic nobody speaks of stays as it was recorded.

        Raises `CannotBeTakenBack` where somebody who came is said not to have come, or less to have been achieved.
        """
        if before.attended and not self.attended:
            raise CannotBeTakenBack(
                "That they came has been told and counted, so it cannot be taken back. "
                "If they still need help, give them another seat."
            )
        said = {outcome.topic: outcome for outcome in self.outcomes}
        if any(outcome.achieved and said.get(outcome.topic, outcome) != outcome for outcome in before.outcomes):
            raise CannotBeTakenBack(
                "What was recorded as achieved has been told and counted; leave it as it was recorded."
            )
        merged = {**{outcome.topic: outcome for outcome in before.outcomes}, **said}
        return Attendance(self.attended, tuple(merged.values()), self.rebook)

    def completed(self, topics: Iterable[str], levels: Mapping[str, int]) -> "Attendance":
        """One outcome for each topic of the booking: a topic nobody spoke of is not achieved, its level as it was."""
        if not self.attended:
            return Attendance(attended=False)
        said = {outcome.topic: outcome for outcome in self.outcomes}
        every = sorted({*topics, *said})
        outcomes = (
            said.get(topic) or TopicOutcome(topic, False, levels.get(topic, 0), levels.get(topic, 0)) for topic in every
        )
        return Attendance(True, tuple(outcomes), self.rebook)

    @property
    def achieved(self) -> frozenset[str]:
        """Topics that need no help any more."""
        return frozenset(outcome.topic for outcome in self.outcomes if outcome.achieved)

    @property
    def unachieved(self) -> frozenset[str]:
        """Topics that still need help."""
        return frozenset(outcome.topic for outcome in self.outcomes if not outcome.achieved)

    def unspoken_of(self, topics: frozenset[str]) -> frozenset[str]:
        """Of these topics, those the session was not about: they were asked for after it had begun."""
        return topics - {outcome.topic for outcome in self.outcomes}
