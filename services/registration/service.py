"""The service's worker: its table of contents for nameko."""

from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from services.registration.subscriptions import RegistrationSubscriptions
from services.registration.timers import RegistrationTimers
from web.settings import LinkSettings


class RegistrationService(RegistrationSubscriptions, RegistrationTimers):
    """Registration as a worker."""

    name = "registration"
    unit_of_work = RegistrationUnitOfWork
    settings = LinkSettings
