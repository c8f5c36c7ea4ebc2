"""What all pages of notifications share: their words, and the time zone of the programme they show."""

from typing import Any

from flask import render_template

from services.notifications.domain.programme import Programme
from services.notifications.pages import labels
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork
from web.language import use_time_zone


def show(template: str, **facts: Any) -> str:
    """A page of notifications."""
    return render_template(f"notifications/{template}.html", labels=labels, **facts)


def use_zone_of(programme: Programme | None) -> None:
    """Times are shown on the programme's clocks."""
    if programme:
        use_time_zone(programme.zone.key)


def any_programme(uow: NotificationsUnitOfWork, programme_id: str | None = None) -> Programme | None:
    """The programme asked for, or the first there is."""
    known = uow.programmes.all()
    return known.get(programme_id or "") or next(iter(known.values()), None)
