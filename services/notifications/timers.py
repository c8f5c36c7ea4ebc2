"""What notifications does by itself, when it is due."""

from datetime import timedelta

from messaging.timers import every
from services.notifications import handlers


class NotificationsTimers:
    """Two senders, so that urgent never waits behind bulk; planning; printing; tidying."""

    send_urgent = every(timedelta(seconds=0.2), handlers.send_urgent, if_any=handlers.is_urgent_due)
    send_bulk = every(timedelta(seconds=1), handlers.send_bulk, if_any=handlers.is_bulk_due)
    plan_reminders = every(timedelta(seconds=10), handlers.plan_reminders)
    print_letters = every(timedelta(seconds=10), handlers.print_letters, if_any=handlers.is_print_due)
    tidy = every(timedelta(seconds=5), handlers.tidy)
