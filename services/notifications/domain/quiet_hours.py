"""The hours of a local day in which nobody hears from the programme."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class QuietHours:
    """From `starts` to `ends`, times of day in `zone`; usually over midnight. The same time twice means none."""

    starts: time
    ends: time
    zone: ZoneInfo

    def hold(self, instant: datetime) -> bool:
        """Whether the instant lies in the quiet hours."""
        clock = instant.astimezone(self.zone).time()
        if self.starts <= self.ends:
            return self.starts <= clock < self.ends
        return clock >= self.starts or clock < self.ends

    def next_allowed(self, instant: datetime) -> datetime:
        """The instant itself, or the end of the quiet hours it lies in; in UTC.

        The local clock decides, so a night with a change of clocks is an hour longer or shorter.
        """
        if not self.hold(instant):
            return instant
        local = instant.astimezone(self.zone)
        day = local.date() + timedelta(days=1) if local.time() >= self.ends else local.date()
        return datetime.combine(day, self.ends, self.zone).astimezone(UTC)
