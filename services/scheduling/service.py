"""Scheduling as one class: its name, what it listens to and what it does by itself."""

from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork
from services.scheduling.subscriptions import SchedulingSubscriptions
from services.scheduling.timers import SchedulingTimers
from web.settings import LinkSettings


class SchedulingService(SchedulingSubscriptions, SchedulingTimers):
    """Who gets which seat, and when."""

    name = "scheduling"
    unit_of_work = SchedulingUnitOfWork
    settings = LinkSettings
