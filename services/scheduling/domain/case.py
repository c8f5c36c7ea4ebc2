"""A case as scheduling sees it: what it needs, where it stands, and which programme's rules hold."""

from dataclasses import dataclass
from datetime import datetime

from services.scheduling.domain.need import Need, Offer, misfit
from services.scheduling.domain.placement import Placement
from services.scheduling.domain.programme import ProgrammeRules


@dataclass
class Case:
    """A case that is about to be given, moved to or deprived of a seat."""

    case_id: str
    programme_id: str
    organisation_id: str
    need: Need
    is_open: bool
    placement: Placement
    rules: ProgrammeRules
    neighbours: tuple[str, ...] = ()

    @property
    def municipality(self) -> str:
        """Where the organisation is."""
        return self.need.municipality

    @property
    def reach(self) -> frozenset[str]:
        """The municipalities the case may go to."""
        return frozenset((self.municipality, *(self.neighbours if self.rules.neighbours else ())))

    @property
    def due_at(self) -> datetime:
        """What presses: the deadline, or the programme's end where there is none."""
        return self.rules.deadline_at or self.rules.ends_at

    def misfit(self, offer: Offer, now: datetime) -> str | None:
        """Why a session does not suit the case now, or None."""
        return misfit(offer, self.need, self.reach, self.rules.seat_window(now))

    def suits(self, offer: Offer) -> bool:
        """Whether a seat that was given before still suits what the case needs, whenever it is."""
        return misfit(offer, self.need, self.reach, (offer.starts_at, offer.ends_at)) is None
