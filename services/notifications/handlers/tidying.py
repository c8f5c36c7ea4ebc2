"""Clears up after senders that died, and after printers that are done."""

from services.notifications.handlers.letters import tidy_letters
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork


def tidy(uow: NotificationsUnitOfWork) -> int:
    """Give back what is claimed by nobody alive; remove files that have been kept long enough."""
    return release_abandoned(uow) + tidy_letters(uow)


def release_abandoned(uow: NotificationsUnitOfWork) -> int:
    """Give back what a sender claimed and never settled, because it died."""
    return uow.messages.release_abandoned()
