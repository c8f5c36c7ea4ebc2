"""When a coach can be booked: blocks that come back every week, absences, and the sessions they make.

Blocks are wall-clock time where the venue is, so that 10 o'clock stays 10 o'clock when the clocks change; each
session is cut out of the block in UTC, so that it always lasts as long as it should.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

from services.scheduling.domain.programme import MADE_FORMS, HelpForm, ProgrammeRules
from services.scheduling.domain.week import WeeklyHours


@dataclass(frozen=True)
class Block:
    """Hours of a weekday at a venue; when several forms are offered they take turns."""

    hours: WeeklyHours
    venue_id: str
    room: str | None = None
    forms: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the block takes place on that day."""
        in_time = (self.valid_from or day) <= day <= (self.valid_to or day)
        return in_time and day.weekday() == self.hours.weekday


@dataclass(frozen=True)
class Absence:
    """A time the coach is away, whatever the week says."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Slot:
    """A session to be made."""

    form: str
    venue_id: str
    room: str | None
    starts_at: datetime
    ends_at: datetime
    day: date
    seats: int
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class CoachWeek:
    """Everything that decides which sessions a coach has."""

    coach_id: str
    forms: tuple[str, ...]
    accreditations: dict[str, date]
    blocks: Sequence[Block]
    absences: Sequence[Absence] = ()
    openings: dict[str, Sequence[WeeklyHours]] = field(default_factory=dict)

    def topics_on(self, day: date) -> frozenset[str]:
        """What the coach is accredited for on that day; the last day of an accreditation counts."""
        return frozenset(topic for topic, expires_on in self.accreditations.items() if day <= expires_on)


def slots(week: CoachWeek, rules: ProgrammeRules, days: Iterable[date], now: datetime) -> Iterator[Slot]:
    """The desk sessions and visits of a coach on those local days, those already begun left out."""
    for day in days:
        topics = tuple(sorted(week.topics_on(day) & rules.topics.keys()))
        if not topics or not rules.starts_on <= day <= rules.ends_on:
            continue
        for block in week.blocks:
            if block.covers(day):
                yield from _slots_of(block, week, rules, day, topics=topics, now=now)


def _slots_of(
    block: Block, week: CoachWeek, rules: ProgrammeRules, day: date, *, topics: tuple[str, ...], now: datetime
) -> Iterator[Slot]:
    forms = [form for form in block.forms or week.forms if form in MADE_FORMS and form in week.forms]
    offered = {form: rules.help_forms[form] for form in forms if form in rules.help_forms}
    for opens, closes in _open_hours(block, week.openings.get(block.venue_id, ()), day):
        begins, ends = _instant(day, opens, rules.zone), _instant(day, closes, rules.zone)
        for form, starts_at, ends_at in _cut(begins, ends, offered):
            if starts_at > now and not _away(week.absences, starts_at, ends_at):
                room = block.room if form == "desk" else None
                yield Slot(form, block.venue_id, room, starts_at, ends_at, day, offered[form].seats, topics)


def _cut(begins: datetime, ends: datetime, offered: dict[str, HelpForm]) -> Iterator[tuple[str, datetime, datetime]]:
    if not offered:
        return
    for form in cycle(offered):
        finished = begins + offered[form].length
        if finished > ends:
            return
        yield form, begins, finished
        begins = finished + max(offered[form].gap, timedelta())


def _open_hours(block: Block, opening: Sequence[WeeklyHours], day: date) -> list[tuple[time, time]]:
    if not opening:
        return [(block.hours.opens, block.hours.closes)]
    shared = (
        (max(block.hours.opens, hours.opens), min(block.hours.closes, hours.closes))
        for hours in opening
        if hours.weekday == day.weekday()
    )
    return sorted((opens, closes) for opens, closes in shared if opens < closes)


def _away(absences: Sequence[Absence], starts_at: datetime, ends_at: datetime) -> bool:
    return any(absence.starts_at < ends_at and starts_at < absence.ends_at for absence in absences)


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
