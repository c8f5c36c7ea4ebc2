"""What a journey needs before it begins: a programme whose deadline lies ahead, a library and a coach."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

PROGRAMMES = Path(__file__).parents[2] / "programmes"
MUNICIPALITY, POSTCODE, CITY = "dk-0101", "1650", "København V"
MORNING = 8
"""A journey takes place in this local hour, when the quiet hours are over, whatever the clock says here."""


@dataclass(frozen=True)
class Setting:
    """One programme with its own topics, library and coach, so that settings do not touch each other."""

    definition: dict[str, Any]
    today: date

    @classmethod
    def at(cls, now: datetime, name: str) -> "Setting":
        """The Danish programme of 2013, moved so that its deadline is 60 days from `now`; one for each name and hour."""
        zone, hours = time_zone_of_morning(now)
        today = (now.astimezone(UTC) + timedelta(hours=hours)).date()
        definition = _own_programme(f"{name}-{now:%Y%m%d-%H}")
        deadline = today + timedelta(days=60)
        definition |= {
            "time_zone": zone,
            "starts_on": today - timedelta(days=1),
            "deadline": deadline,
            "ends_on": today + timedelta(days=200),
        }
        definition["allocation"] |= {"minimum_notice_hours": 0, "horizon_days": 7}
        for obligation in definition["obligations"]:
            obligation["binds_on"] = deadline
        return cls(definition, today)

    @property
    def programme_id(self) -> str:
        """The id of this setting's programme."""
        return str(self.definition["programme_id"])

    @property
    def topics(self) -> list[str]:
        """The topics of the duty."""
        return list(self.definition["fulfilled_when"]["topics"])

    @property
    def coach_id(self) -> str:
        """The one coach."""
        return f"coach-{self.programme_id}"

    @property
    def programme_file(self) -> bytes:
        """The programme as a file."""
        return yaml.dump(self.definition, Dumper=_Plainly, allow_unicode=True, sort_keys=False).encode()

    @property
    def venues_file(self) -> bytes:
        """The one library, open every day."""
        return _csv(
            {
                "venue_id": f"library-{self.programme_id}",
                "municipality": MUNICIPALITY,
                "name": "Hovedbiblioteket",
                "address": "Krystalgade 15, 1172 København K",
                "opening": "mon-sun 05:00-23:00",
            }
        )

    @property
    def coaches_file(self) -> bytes:
        """The one coach, at a desk every day, accredited for everything for a year."""
        until = self.today + timedelta(days=365)
        return _csv(
            {
                "coach_id": self.coach_id,
                "name": "Mette Holm",
                "email": f"{self.coach_id}@bibliotek.example",
                "municipalities": MUNICIPALITY,
                "languages": "da;en",
                "forms": "desk",
                "accreditations": ";".join(f"{topic}:{until}" for topic in self.topics),
                "availability": f"mon-sun 06:00-22:00@library-{self.programme_id}",
            }
        )


class _Plainly(yaml.SafeDumper):
    """Writes what stands in two places twice: a programme file has no aliases."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _own_programme(name: str) -> dict[str, Any]:
    """The programme under another id; its topics too, so that coaches of other settings do not help with them."""
    text = (PROGRAMMES / "dk-digital-post-2013.yaml").read_text(encoding="utf-8")
    definition: dict[str, Any] = yaml.safe_load(text)
    for entry in (*definition["topics"], *definition["obligations"]):
        entry["topic"] = f"{entry['topic']}-{name}"
    definition["fulfilled_when"] = {"topics": [duty["topic"] for duty in definition["obligations"]]}
    return {**definition, "programme_id": f"dk-{name}"}


def time_zone_of_morning(now: datetime) -> tuple[str, int]:
    """A time zone in which it is morning now, with its hours ahead of UTC.

    A coach may record a session on its day only; in the morning the day still has seats to choose from.
    """
    hours = MORNING - now.astimezone(UTC).hour
    if hours < -12:
        hours += 24
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/UTC", hours


def _csv(row: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(row))
    writer.writeheader()
    writer.writerow(row)
    return text.getvalue().encode()
