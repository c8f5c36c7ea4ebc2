"""Instants on the command line: `2013-10-01`, `2013-10-01T14:30`, `2013-10-01T14:30+02:00`."""

from datetime import UTC, datetime

import typer


def instant(text: str) -> datetime:
    """An ISO date (its midnight) or time, in UTC unless it says otherwise; anything else is bad use, exit code 2."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no date and no time: write 2013-10-01, 2013-10-01T14:30 or 2013-10-01T14:30+02:00."
        ) from None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


Since = typer.Option(None, parser=instant, metavar="TIME", help="Only from this time on; a date is its midnight, UTC.")
Until = typer.Option(None, parser=instant, metavar="TIME", help="Only before this time; a date is its midnight, UTC.")


def check_order(since: datetime | None, until: datetime | None) -> None:
    """Bad use when the span holds no time."""
    if since and until and since >= until:
        raise typer.BadParameter(f"--since {since.isoformat()} is not before --until {until.isoformat()}.")
