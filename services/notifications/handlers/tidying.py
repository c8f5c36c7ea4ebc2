"""Clears up after senders that died."""

from services.notifications.storage.unit_of_work import NotificationsUnitOfWork


def release_abandoned(uow: NotificationsUnitOfWork) -> int:
    """Give back what a sender claimed and never settled, because it died."""
    return uow.messages.release_abandoned()
