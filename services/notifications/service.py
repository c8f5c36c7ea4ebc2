"""The service: what it listens to and what it does by itself."""

from services.notifications.settings import NotificationsSettings
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork
from services.notifications.subscriptions import NotificationsSubscriptions
from services.notifications.timers import NotificationsTimers


class NotificationsService(NotificationsSubscriptions, NotificationsTimers):
    """Tells organisations what they need to know, when they need it, on a channel that reaches them."""

    name = "notifications"
    unit_of_work = NotificationsUnitOfWork
    settings = NotificationsSettings
