"""A programme as reporting needs it: a view of the definition that came with `ProgrammeApplied`."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from messaging.refusals import Refusal

SUPPRESS_BELOW = 5

_FAULTS = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
"""What reading a definition ends in when a part of it is missing, of another kind, or out of all bounds."""


class ProgrammeNotFound(Refusal):
    """There is no such programme."""

    status = 404


class ProgrammeUnreadable(Refusal):
    """A programme whose definition nothing can be counted by."""

    status = 422


class MunicipalityNotFound(Refusal):
    """There is no such municipality in this programme."""

    status = 404


@dataclass(frozen=True)
class Programme:
    """One national campaign; dates are local days of its time zone."""

    programme_id: str
    definition: dict[str, Any]

    @property
    def names(self) -> dict[str, str]:
        """The programme's name by language."""
        return dict(self.definition["names"])

    @property
    def country(self) -> str:
        """The country whose municipalities take part, as `dk`."""
        return str(self.definition["country"])

    @property
    def time_zone(self) -> str:
        """The IANA name of the zone that days are counted in."""
        return str(self.definition["time_zone"])

    @property
    def starts_on(self) -> date:
        """The first day."""
        return date.fromisoformat(str(self.definition["starts_on"]))

    @property
    def ends_on(self) -> date:
        """The last day, tail and all."""
        return date.fromisoformat(str(self.definition["ends_on"]))

    @property
    def deadline(self) -> date | None:
        """The day the duty binds, if there is a legal one."""
        value = self.definition.get("deadline")
        return date.fromisoformat(str(value)) if value else None

    @property
    def target(self) -> date:
        """The day that everything is counted towards: the deadline, or the programme's end."""
        return self.deadline or self.ends_on

    @property
    def topics(self) -> dict[str, dict[str, str]]:
        """Names by language of each topic, in the programme's order."""
        return {topic["topic"]: dict(topic["names"]) for topic in self.definition.get("topics", [])}

    @property
    def forms(self) -> list[str]:
        """The help forms, in the programme's order."""
        return list(self.definition.get("help_forms", {}))

    @property
    def money(self) -> dict[str, Any]:
        """Currency, subsidies, ceiling and funders; empty when the programme pays nothing."""
        return dict(self.definition.get("money") or {})

    @property
    def suppress_below(self) -> int:
        """Published counts from 1 up to below this are hidden."""
        return int(self.definition.get("suppress_below", SUPPRESS_BELOW))

    def day_of(self, now: datetime) -> date:
        """The local day of an instant."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()

    def seats_until(self, today: date) -> date:
        """The last day whose seats still help: the one before the duty binds, and from then on the programme's last."""
        is_before = self.deadline is not None and today < self.deadline
        return self.target - timedelta(days=1) if is_before else self.ends_on


def refuse_unreadable(programme: Programme) -> None:
    """Read all of it once; raises `ProgrammeUnreadable`, before the pages that list it with the others would."""
    try:
        _ = programme.names, programme.country, ZoneInfo(programme.time_zone), programme.suppress_below
        _ = programme.starts_on, programme.ends_on, programme.target - timedelta(days=1)
        _ = programme.topics, programme.forms, programme.money
    except _FAULTS as error:
        raise ProgrammeUnreadable(
            f"The programme cannot be read ({error!r}); mend its file and apply it again, then discard this event."
        ) from error
