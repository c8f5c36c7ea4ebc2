"""What registration does by itself at intervals."""

from datetime import timedelta

from messaging.timers import every
from services.registration import handlers
from services.registration.storage.imports import IS_ANY_ABANDONED, IS_ANY_STAGED


class RegistrationTimers:
    """One line for each kind of work."""

    break_off_abandoned = every(timedelta(hours=1), handlers.break_off_abandoned, due=IS_ANY_ABANDONED)
    import_register = every(timedelta(seconds=1), handlers.import_next_rows, due=IS_ANY_STAGED)
