"""What a rehearsal reads from the programme file: everything that differs between programmes comes from here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

REPLAYED_DAYS = 108
"""15 August to 30 November 2013; of a longer programme the first 108 days."""

DAY_ENDS_AT = time(17, 0)
"""The hour of the programme's own time zone at which a virtual day is played: every session of the day is over, the
quiet hours have not begun."""

LATE_WEEKDAY = 4
"""Fridays (Monday is 0) are played as the quiet hours begin. No session is on a Saturday, so what has to wait for the
morning is still of use when the next day is played."""


@dataclass(frozen=True)
class Programme:
    """A programme file with the facts that the players need to know."""

    programme_id: str
    country: str
    text: str
    definition: dict[str, Any]

    @property
    def zone(self) -> ZoneInfo:
        """The programme's time zone."""
        return ZoneInfo(self.definition["time_zone"])

    @property
    def starts_on(self) -> date:
        """The first replayed day."""
        return _date(self.definition["starts_on"])

    @property
    def days(self) -> list[date]:
        """The replayed days; never past the programme's end."""
        ends_on = _date(self.definition["ends_on"])
        count = min(REPLAYED_DAYS, (ends_on - self.starts_on).days + 1)
        return [self.starts_on + timedelta(days=number) for number in range(count)]

    @property
    def deadline(self) -> date | None:
        """The legal deadline, if there is one."""
        deadline = self.definition.get("deadline")
        return _date(deadline) if deadline else None

    @property
    def topics(self) -> list[str]:
        """All topics of the questionnaire."""
        return [topic["topic"] for topic in self.definition["topics"]]

    @property
    def duty_topics(self) -> list[str]:
        """The topics that fulfil the duty; of a programme where any help does, the first two of its list."""
        return list(self.definition["fulfilled_when"].get("topics") or self.topics[:2])

    def is_left_open_by(self, topics: Iterable[str]) -> bool:
        """Whether somebody who came, and did not achieve these topics, is helped by another session: a fulfilled case ends, and
        gets no other seat.
        """
        return not self.definition["fulfilled_when"].get("any_help") and not set(topics).isdisjoint(self.duty_topics)

    @property
    def forms(self) -> dict[str, dict[str, Any]]:
        """The help forms with their minutes and seats."""
        return dict(self.definition["help_forms"])

    @property
    def exemption_grounds(self) -> list[str]:
        """The grounds that an authority may exempt on."""
        grounds = [ground for duty in self.definition["obligations"] for ground in duty.get("exemption_grounds", [])]
        return list(dict.fromkeys(grounds))

    def instant(self, day: date, at: time) -> datetime:
        """A local time of a day, with its zone."""
        return datetime.combine(day, at, self.zone)

    def end_of(self, day: date) -> datetime:
        """The moment at which a day is played: the end of its working hours, on the late weekday the first quiet moment."""
        quiet_from = time.fromisoformat(self.definition["quiet_hours"]["from"])
        return self.instant(day, max(DAY_ENDS_AT, quiet_from) if day.weekday() == LATE_WEEKDAY else DAY_ENDS_AT)


def read_programme(path: Path) -> Programme:
    """The programme of a file; the platform itself checks it when it is applied."""
    text = path.read_text(encoding="utf-8")
    definition = yaml.safe_load(text)
    return Programme(str(definition["programme_id"]), str(definition["country"]), text, definition)


def _date(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
