"""What notifications needs to know of a programme: its ladder, reminders, quiet hours, cap, names and texts."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.notifications.domain.quiet_hours import QuietHours
from services.notifications.domain.refusals import ProgrammeUnreadable

Names = dict[str, str]


@dataclass(frozen=True)
class LadderStep:
    """One reminder to all cases in `states`; it is due at `due_at` and pointless from `useless_after` on."""

    step: str
    due_at: datetime
    useless_after: datetime
    states: tuple[str, ...]
    channels: tuple[str, ...]
    text: str

    @property
    def purpose(self) -> str:
        """As `ladder:letter-1`."""
        return f"ladder:{self.step}"

    @property
    def occasion(self) -> str:
        """Tells this step from the same one relative to another deadline: a postponed duty is told anew."""
        return self.due_at.date().isoformat()

    def is_due(self, now: datetime) -> bool:
        """Whether now is the time to plan it."""
        return self.due_at <= now < self.useless_after


@dataclass(frozen=True)
class SessionReminder:
    """A reminder so long before a session; `useless_before` is when the next one, or the session, is near."""

    before: timedelta
    useless_before: timedelta
    channels: tuple[str, ...]


@dataclass(frozen=True)
class Cap:
    """At most so many reminders to one organisation in so long a time (docs/decisions/0028)."""

    messages: int
    window: timedelta


@dataclass(frozen=True)
class Programme:
    """One programme, read from its definition."""

    programme_id: str
    names: Names
    zone: ZoneInfo
    deadline: date
    quiet_hours: QuietHours
    ladder: tuple[LadderStep, ...]
    session_reminders: tuple[SessionReminder, ...]
    cap: Cap
    topics: dict[str, Names] = field(default_factory=dict)
    texts: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)

    def step(self, purpose: str, due_at: datetime) -> LadderStep | None:
        """The ladder's step of a planned message, if the ladder still has it on that day; quiet hours may have moved the hour."""
        day = due_at.astimezone(UTC).date().isoformat()
        return next((step for step in self.ladder if (step.purpose, step.occasion) == (purpose, day)), None)

    def local(self, instant: datetime) -> datetime:
        """The instant on the programme's clocks."""
        return instant.astimezone(self.zone)

    def days_left(self, now: datetime) -> int:
        """Whole days until the deadline's date; negative after it."""
        return (self.deadline - self.local(now).date()).days


_LAST_CALL = timedelta(hours=2)
"""A reminder this short before a session reaches nobody in time."""

_LONGEST = timedelta(days=36_600)
"""A length that can be added to any day of a programme and taken from it."""

_FAULTS = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
"""What reading a definition ends in when a part of it is missing, of another kind, or out of all bounds."""


def read_programme(definition: dict[str, Any]) -> Programme:
    """The programme from its definition; with no deadline its end takes the place. Raises `ProgrammeUnreadable`."""
    try:
        return _read(definition)
    except _FAULTS as error:
        raise ProgrammeUnreadable(
            f"The programme cannot be read ({error!r}); mend its file and apply it again, then discard this event."
        ) from error


def _read(definition: dict[str, Any]) -> Programme:
    zone = ZoneInfo(definition["time_zone"])
    quiet = definition["quiet_hours"]
    hours = QuietHours(time.fromisoformat(quiet["from"]), time.fromisoformat(quiet["to"]), zone)
    deadline = date.fromisoformat(str(definition.get("deadline") or definition["ends_on"]))
    return Programme(
        programme_id=definition["programme_id"],
        names=definition["names"],
        zone=zone,
        deadline=deadline,
        quiet_hours=hours,
        ladder=tuple(_step(entry, deadline, hours) for entry in definition["ladder"]),
        session_reminders=_session_reminders(definition["reminders"]["session"]),
        cap=Cap(definition["cap"]["messages"], _length(days=definition["cap"]["days"])),
        topics={entry["topic"]: entry["names"] for entry in definition["topics"]},
        texts=definition.get("texts") or {},
    )


def _step(entry: dict[str, Any], deadline: date, hours: QuietHours) -> LadderStep:
    """A step is due when the quiet hours of its local day end."""
    day = deadline - timedelta(days=entry["days_before"])
    due_at = datetime.combine(day, hours.ends, hours.zone).astimezone(UTC)
    last = datetime.combine(day + timedelta(days=entry["useless_after_days"]), hours.ends, hours.zone)
    return LadderStep(
        step=entry["step"],
        due_at=due_at,
        useless_after=last.astimezone(UTC),
        states=tuple(entry["states"]),
        channels=tuple(entry["channels"]),
        text=entry["text"],
    )


def _session_reminders(entries: list[dict[str, Any]]) -> tuple[SessionReminder, ...]:
    by_time = sorted(entries, key=lambda entry: -int(entry["before_hours"]))
    befores = [_length(hours=entry["before_hours"]) for entry in by_time]
    ends = [*befores[1:], min(_LAST_CALL, befores[-1] / 2)] if befores else []
    return tuple(
        SessionReminder(before, end, tuple(entry["channels"]))
        for entry, before, end in zip(by_time, befores, ends, strict=True)
    )


def _length(**spelled: int) -> timedelta:
    length = timedelta(**spelled)
    if abs(length) > _LONGEST:
        raise ValueError(f"{length} is longer than anything can be reckoned with")
    return length
