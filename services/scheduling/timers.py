"""What scheduling does by itself, at intervals."""

from datetime import timedelta

from messaging.timers import every
from services.scheduling.handlers import attendance, capacity, making, waiting


class SchedulingTimers:
    """Sessions are made, the waiting get seats, and what changed is told."""

    make_sessions = every(timedelta(seconds=2), making.make_sessions)
    allocate_waiting = every(timedelta(seconds=1), waiting.allocate_waiting)
    publish_capacity = every(timedelta(seconds=2), capacity.publish_capacity)
    look_again = every(timedelta(minutes=15), waiting.look_again)
    hold_sessions = every(timedelta(minutes=15), attendance.hold_sessions)
