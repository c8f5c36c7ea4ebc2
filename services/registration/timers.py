"""What registration does by itself at intervals."""

from datetime import timedelta

from messaging.timers import every
from services.registration import handlers
from services.registration.storage.imports import IS_ANY_STAGED


class RegistrationTimers:
    """One line for each kind of work."""

    import_register = every(timedelta(seconds=1), handlers.import_next_rows, due=IS_ANY_STAGED)
