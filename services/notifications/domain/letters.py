"""When letters are printed: once each business day of a programme."""

from datetime import UTC, datetime

from services.notifications.domain.programme import Programme

_SATURDAY = 5


def print_run(programme: Programme, now: datetime) -> datetime | None:
    """The cut-off of the print run that is due: letters planned until then go with it.

    It is the end of the quiet hours of the local day; None at weekends and before that hour.
    """
    local = programme.local(now)
    if local.weekday() >= _SATURDAY:
        return None
    cut_off = datetime.combine(local.date(), programme.quiet_hours.ends, programme.zone).astimezone(UTC)
    return cut_off if cut_off <= now else None
