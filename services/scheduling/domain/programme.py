"""What scheduling needs to know of a programme: lengths of sessions, topics, deadline and the rules of allocation."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.scheduling.domain.refusals import ProgrammeUnreadable

MADE_FORMS = ("desk", "visit")
"""Forms whose sessions are made from availability; courses are opened by people."""

SUNDAY = 6
LEVELS = ("beginner", "intermediate", "advanced")
"""Levels of a course, easiest first."""

_LONGEST = timedelta(days=36_600)
"""A length that can be added to any day of a programme and taken from it."""

_FAULTS = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
"""What reading a definition ends in when a part of it is missing, of another kind, or out of all bounds."""

_KEPT = (
    "programme_id",
    "country",
    "names",
    "time_zone",
    "starts_on",
    "ends_on",
    "deadline",
    "help_forms",
    "allocation",
    "fulfilled_when",
)


@dataclass(frozen=True)
class HelpForm:
    """How long a session of a form takes, the pause after it, and its seats."""

    length: timedelta
    gap: timedelta
    seats: int


@dataclass(frozen=True)
class ProgrammeRules:
    """The part of a programme that decides about seats. Days are local days of `zone`."""

    programme_id: str
    country: str
    names: dict[str, str]
    zone: ZoneInfo
    starts_on: date
    ends_on: date
    deadline: date | None
    help_forms: dict[str, HelpForm]
    topics: dict[str, dict[str, str]]
    horizon_days: int = 28
    minimum_notice: timedelta = timedelta(hours=16)
    neighbours: bool = True
    rebook_after_no_show: int = 2
    course_levels: tuple[str, ...] = field(default=LEVELS)
    duty_topics: frozenset[str] = frozenset()
    any_help: bool = False

    @property
    def deadline_at(self) -> datetime | None:
        """The instant the duty binds: midnight when the deadline's day begins."""
        return self.midnight(self.deadline) if self.deadline else None

    @property
    def ends_at(self) -> datetime:
        """The instant the programme is over: the end of its last day."""
        return self.midnight(self.ends_on + timedelta(days=1))

    def midnight(self, day: date) -> datetime:
        """When the local day begins, in UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def today(self, now: datetime) -> date:
        """The local day of an instant."""
        return now.astimezone(self.zone).date()

    def seat_window(self, now: datetime) -> tuple[datetime, datetime]:
        """From when a seat may begin and until when it must end: before the deadline as long as that lies ahead."""
        deadline = self.deadline_at
        latest = deadline if deadline and now < deadline else self.ends_at
        return now + self.minimum_notice, latest

    def is_fulfilled_by(self, achieved: AbstractSet[str]) -> bool:
        """Whether registration closes a case that came and achieved this; nothing is known of it where no duty was kept."""
        return self.any_help or (bool(self.duty_topics) and self.duty_topics <= achieved)

    def horizon(self, now: datetime) -> date:
        """The last local day sessions are made for: so many days ahead, and on to the Sunday of that week.

        Whole weeks at a time, because each new day would have every municipality tell its seats anew.
        """
        ahead = self.today(now) + timedelta(days=self.horizon_days)
        return min(ahead + timedelta(days=SUNDAY - ahead.weekday()), self.ends_on)


@contextmanager
def _readable() -> Iterator[None]:
    """What cannot be read in here is a `ProgrammeUnreadable`, which is refused at once and not tried again."""
    try:
        yield
    except _FAULTS as error:
        raise ProgrammeUnreadable(
            f"The programme cannot be read ({error!r}); mend its file and apply it again, then discard this event."
        ) from error


@_readable()
def kept_rules(definition: dict[str, Any]) -> dict[str, Any]:
    """The part of a programme's definition that scheduling stores; raises `ProgrammeUnreadable`."""
    kept = {name: definition.get(name) for name in _KEPT}
    kept["topics"] = [
        {"topic": topic["topic"], "names": topic.get("names", {})} for topic in definition.get("topics", [])
    ]
    return kept


@_readable()
def read_rules(kept: dict[str, Any]) -> ProgrammeRules:
    """The rules from what was stored; dates may be ISO text or dates. Raises `ProgrammeUnreadable`.

    What they are reckoned with later is tried here, where it stops nobody but the programme itself.
    """
    rules = _read(kept)
    _ = rules.deadline_at, rules.ends_at
    return rules


def _read(kept: dict[str, Any]) -> ProgrammeRules:
    allocation = kept.get("allocation") or {}
    fulfilled_when = kept.get("fulfilled_when") or {}
    forms = kept.get("help_forms") or {}
    deadline = kept.get("deadline")
    return ProgrammeRules(
        programme_id=kept["programme_id"],
        country=kept["country"],
        names=kept.get("names") or {},
        zone=ZoneInfo(kept["time_zone"]),
        starts_on=_day(kept["starts_on"]),
        ends_on=_day(kept["ends_on"]),
        deadline=_day(deadline) if deadline else None,
        help_forms={form: _help_form(facts) for form, facts in forms.items()},
        topics={topic["topic"]: topic.get("names", {}) for topic in kept["topics"]},
        horizon_days=_length(days=allocation.get("horizon_days", 28)).days,
        minimum_notice=_length(hours=allocation.get("minimum_notice_hours", 16)),
        neighbours=allocation.get("neighbours", True),
        rebook_after_no_show=allocation.get("rebook_after_no_show", 2),
        course_levels=tuple((forms.get("course") or {}).get("levels", LEVELS)),
        duty_topics=frozenset(fulfilled_when.get("topics") or ()),
        any_help=bool(fulfilled_when.get("any_help")),
    )


def _help_form(facts: dict[str, Any]) -> HelpForm:
    return HelpForm(
        length=_length(minutes=facts["minutes"]),
        gap=_length(minutes=facts.get("gap_minutes", 0)),
        seats=facts.get("seats", 1),
    )


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _length(**spelled: int) -> timedelta:
    length = timedelta(**spelled)
    if abs(length) > _LONGEST:
        raise ValueError(f"{length} is longer than anything can be reckoned with")
    return length
