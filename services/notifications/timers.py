"""What notifications does by itself, when it is due."""

from datetime import timedelta

from messaging.timers import every
from services.notifications import handlers


class NotificationsTimers:
    """Two senders, so that urgent never waits behind bulk; planning; printing; tidying."""

    send_urgent = every(timedelta(seconds=0.2), handlers.send_urgent, own_transactions=True)
    send_bulk = every(timedelta(seconds=1), handlers.send_bulk, own_transactions=True)
    plan_reminders = every(timedelta(seconds=10), handlers.plan_reminders)
    print_letters = every(timedelta(seconds=10), handlers.print_letters, own_transactions=True)
    tidy = every(timedelta(seconds=5), handlers.tidy)
