"""What a case needs of a session, and whether a session gives it (rules 3 and 4 of the domain)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.scheduling.domain.programme import LEVELS


@dataclass(frozen=True)
class Need:
    """What a case asked for: `topics` empty means that no help is wanted; without an address nobody can visit it."""

    municipality: str
    topics: frozenset[str]
    help_forms: frozenset[str]
    language: str
    levels: Mapping[str, int] = field(default_factory=dict)
    has_address: bool = True

    @property
    def wants_help(self) -> bool:
        """Whether there is anything to be helped with."""
        return bool(self.topics)

    @property
    def forms(self) -> frozenset[str]:
        """The forms of help that can be given: those asked for, a visit only where the address is known."""
        return self.help_forms if self.has_address else self.help_forms - {"visit"}

    @property
    def lacks_address(self) -> bool:
        """Whether a visit was asked for that nobody knows the way to."""
        return self.forms != self.help_forms

    @property
    def level(self) -> str:
        """The course level of the case."""
        return level_of(self.levels)


def level_of(levels: Mapping[str, int]) -> str:
    """The course level from the mean of the inventory: below 1 beginner, below 2 intermediate, else advanced."""
    mean = sum(levels.values()) / len(levels) if levels else 0
    if mean < 1:
        return LEVELS[0]
    return LEVELS[1] if mean < 2 else LEVELS[2]


@dataclass(frozen=True)
class Offer:
    """What a session offers, seen from a case that might take a seat in it."""

    municipality: str
    form: str
    starts_at: datetime
    ends_at: datetime
    topics: frozenset[str]
    languages: frozenset[str]
    level: str | None = None


def misfit(offer: Offer, need: Need, reach: frozenset[str], window: tuple[datetime, datetime]) -> str | None:
    """Why a session does not suit a case, as a slug, or None when it does.

    `reach` are the municipalities the case may go to; `window` is when a seat may begin and must end.
    """
    earliest, latest = window
    reasons = {
        "too_far": offer.municipality not in reach,
        "form_not_wanted": offer.form not in need.help_forms,
        "no_address": offer.form not in need.forms,
        "topics_not_covered": not need.topics <= offer.topics,
        "language_not_spoken": need.language not in offer.languages,
        "other_level": offer.level is not None and offer.level != need.level,
        "too_soon": offer.starts_at < earliest,
        "too_late": offer.ends_at > latest,
    }
    return next((slug for slug, applies in reasons.items() if applies), None)
