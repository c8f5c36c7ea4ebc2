"""Venues and coaches as they are kept: who helps, where, when, in what."""

from dataclasses import dataclass, field
from datetime import date

from services.scheduling.domain.availability import Block
from services.scheduling.domain.week import WeeklyHours


@dataclass(frozen=True)
class Venue:
    """A library or office; `opening` empty means open whenever a coach is there."""

    venue_id: str
    municipality: str
    name: str
    address: str
    opening: tuple[WeeklyHours, ...] = ()


@dataclass(frozen=True)
class Coach:
    """A person who helps; the first municipality is home. `accreditations` give the last valid day of each topic."""

    coach_id: str
    name: str
    email: str
    municipalities: tuple[str, ...]
    languages: tuple[str, ...]
    forms: tuple[str, ...]
    accreditations: dict[str, date] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
