"""What scheduling tells the others: who waits, who has a seat, what came of it, what is free."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from frist_contracts.event import Event, Lane


@dataclass(frozen=True, kw_only=True)
class SchedulingEvent(Event):
    """An event that scheduling publishes."""

    producer: ClassVar[str] = "scheduling"


@dataclass(frozen=True, kw_only=True)
class PlacementEvent(SchedulingEvent):
    """An event about a case's place: `sequence` counts the changes of that case's placement."""

    lane: ClassVar[Lane] = Lane.URGENT
    subject_field: ClassVar[str] = "case_id"

    case_id: str
    programme_id: str


@dataclass(frozen=True)
class SessionFacts:
    """What an organisation needs to know of its session; times are UTC."""

    session_id: str
    form: str
    starts_at: datetime
    ends_at: datetime
    venue_name: str
    venue_address: str
    coach_name: str
    language: str
    topics: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What a session achieved for one topic; levels 0-3 as the coach confirms them."""

    topic: str
    achieved: bool
    level_before: int
    level_after: int


@dataclass(frozen=True, kw_only=True)
class CaseWaitlisted(PlacementEvent):
    """The case wants help and has no seat; `reason` is a slug such as `no_seat_fits`. Comes again when it has moved."""

    topics: list[str]
    reason: str


@dataclass(frozen=True, kw_only=True)
class CaseUnplaced(PlacementEvent):
    """The case neither has a seat nor waits for one, by its own wish or after too many no-shows."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class BookingConfirmed(PlacementEvent):
    """The case has a seat; `revision` 0 is the first version of its calendar entry."""

    booking_id: str
    revision: int
    session: SessionFacts


@dataclass(frozen=True, kw_only=True)
class BookingMoved(PlacementEvent):
    """The same booking is now in another session; `moved_by` is `organisation` or `staff`."""

    booking_id: str
    revision: int
    moved_by: str
    session: SessionFacts


@dataclass(frozen=True, kw_only=True)
class BookingCancelled(PlacementEvent):
    """The booking is no more; `cancelled_by` is `organisation`, `staff` or `programme`.

    `reason` is a slug such as `asked`, `session_cancelled`, `case_closed`.
    """

    booking_id: str
    revision: int
    cancelled_by: str
    reason: str
    session: SessionFacts


@dataclass(frozen=True, kw_only=True)
class BookingAttended(PlacementEvent):
    """The organisation came; `outcomes` has one entry for each topic of the booking.

    A corrected record is told again with a higher sequence, also after a `BookingMissed`; what was achieved stays so.
    """

    booking_id: str
    session_id: str
    coach_id: str
    form: str
    outcomes: list[Outcome]


@dataclass(frozen=True, kw_only=True)
class BookingMissed(PlacementEvent):
    """The organisation did not come."""

    booking_id: str
    session_id: str
    form: str


@dataclass(frozen=True)
class CapacityDay:
    """Seats of one form on one local day: how many there are and how many are taken."""

    day: date
    form: str
    seats: int
    taken: int


@dataclass(frozen=True, kw_only=True)
class CapacityChanged(SchedulingEvent):
    """A municipality's seats from `from_day` on; replaces what was said of those days before."""

    subject_field: ClassVar[str] = "municipality"

    programme_id: str
    from_day: date
    days: list[CapacityDay]


@dataclass(frozen=True, kw_only=True)
class SessionHeld(SchedulingEvent):
    """A session took place and all its bookings are recorded: what a subsidy is paid for.

    It is told again with a higher sequence when a correction adds somebody who came.
    """

    subject_field: ClassVar[str] = "session_id"

    session_id: str
    programme_id: str
    coach_id: str
    form: str
    starts_at: datetime
    seats: int
    attended: int
