"""Programmes and municipalities."""

from frist_contracts import MunicipalitiesImported, ProgrammeApplied
from services.notifications.domain.programme import read_programme
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork


def keep_programme(event: ProgrammeApplied, uow: NotificationsUnitOfWork) -> None:
    """A programme was set up or changed: everything planned from now on follows it.

    One that cannot be read is refused with `ProgrammeUnreadable`: kept, it would stop the reminders of all the others.
    """
    read_programme(event.definition)
    uow.programmes.keep(event.programme_id, event.sequence, event.definition)


def keep_municipalities(event: MunicipalitiesImported, uow: NotificationsUnitOfWork) -> None:
    """Municipalities have names that staff know them by."""
    if event.municipalities:
        uow.programmes.keep_municipalities({entry.code: entry.name for entry in event.municipalities})
