"""What notifications does by itself, when it is due."""

from datetime import timedelta

from messaging.timers import every
from services.notifications import handlers


class NotificationsTimers:
    """Two senders, so that urgent never waits behind bulk; planning; printing; tidying."""

    send_urgent = every(timedelta(seconds=0.2), handlers.send_urgent, own_transactions=True)
    send_bulk = every(timedelta(seconds=1), handlers.send_bulk, own_transactions=True)
    plan_ladders = every(timedelta(seconds=10), handlers.plan_ladders)
    plan_session_reminders = every(timedelta(seconds=10), handlers.plan_session_reminders)
    print_letters = every(timedelta(seconds=10), handlers.print_letters, own_transactions=True)
    reprint_spoilt = every(timedelta(seconds=30), handlers.reprint_spoilt, own_transactions=True)
    release_abandoned = every(timedelta(seconds=5), handlers.release_abandoned)
    tidy_letters = every(timedelta(hours=1), handlers.tidy_letters)
