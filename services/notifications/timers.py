"""What notifications does by itself, when it is due."""

from datetime import timedelta

from messaging.timers import every
from services.notifications import handlers
from services.notifications.domain.purposes import BULK, URGENT
from services.notifications.handlers.letters import KEPT_DAYS
from services.notifications.storage.letter_batches import IS_ANY_STALE, is_any_older
from services.notifications.storage.messages import IS_ANY_ABANDONED, IS_ANY_LETTER_PLANNED, is_any_due
from services.notifications.storage.programmes import VERSIONS


class NotificationsTimers:
    """Two senders, so that urgent never waits behind bulk; planning; printing; clearing up."""

    send_urgent = every(timedelta(seconds=0.2), handlers.send_urgent, due=is_any_due(URGENT), own_transactions=True)
    send_bulk = every(timedelta(seconds=1), handlers.send_bulk, due=is_any_due(BULK), own_transactions=True)
    plan_reminders = every(timedelta(seconds=10), handlers.plan_reminders, follows=VERSIONS)
    print_letters = every(
        timedelta(seconds=10),
        handlers.print_letters,
        due=f"{IS_ANY_LETTER_PLANNED} OR {IS_ANY_STALE}",
        own_transactions=True,
    )
    release_abandoned = every(timedelta(seconds=5), handlers.release_abandoned, due=IS_ANY_ABANDONED)
    tidy_letters = every(timedelta(minutes=10), handlers.tidy_letters, due=is_any_older(KEPT_DAYS))
