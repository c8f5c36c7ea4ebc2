"""A coach's time that cases are given seats in."""

from dataclasses import dataclass
from datetime import date, datetime

from services.scheduling.domain.need import Offer


@dataclass(frozen=True)
class Session:
    """A session as it is kept; `day` is the local day, times are UTC."""

    session_id: str
    programme_id: str
    municipality: str
    form: str
    coach_id: str
    coach_name: str
    venue_name: str
    venue_address: str
    starts_at: datetime
    ends_at: datetime
    day: date
    seats: int
    taken: int
    level: str | None
    languages: tuple[str, ...]
    topics: tuple[str, ...]
    state: str
    reason: str = ""

    @property
    def is_free(self) -> bool:
        """Whether a seat can be given."""
        return self.state == "open" and self.taken < self.seats

    @property
    def offer(self) -> Offer:
        """The session as a case looks at it."""
        return Offer(
            municipality=self.municipality,
            form=self.form,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            topics=frozenset(self.topics),
            languages=frozenset(self.languages),
            level=self.level,
        )


@dataclass(frozen=True)
class Booking:
    """A case in a session."""

    booking_id: str
    case_id: str
    programme_id: str
    session_id: str
    seat_number: int
    state: str
    revision: int
    topics: tuple[str, ...]
    language: str
    starts_at: datetime
    ends_at: datetime
