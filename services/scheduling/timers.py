"""What scheduling does by itself, at intervals."""

from datetime import timedelta

from messaging.timers import every
from services.scheduling.handlers import attendance, capacity, making, waiting
from services.scheduling.storage.capacity import IS_ANY_TO_BE_TOLD
from services.scheduling.storage.coaches import HAS_ANY_CHANGED
from services.scheduling.storage.line import IS_ANYBODY_TO_LOOK_AT, has_anybody_waited
from services.scheduling.storage.programmes import IS_A_DEADLINE_PASSING, VERSIONS
from services.scheduling.storage.sessions import is_any_to_hold


class SchedulingTimers:
    """Sessions are made, the waiting get seats, and what changed is told."""

    make_sessions = every(timedelta(seconds=2), making.make_sessions, due=HAS_ANY_CHANGED, follows=VERSIONS)
    allocate_waiting = every(
        timedelta(seconds=1), waiting.allocate_waiting, due=f"{IS_ANYBODY_TO_LOOK_AT} OR {IS_A_DEADLINE_PASSING}"
    )
    publish_capacity = every(timedelta(seconds=2), capacity.publish_capacity, due=IS_ANY_TO_BE_TOLD)
    look_again = every(timedelta(minutes=15), waiting.look_again, due=has_anybody_waited(waiting.LOOK_AGAIN_AFTER))
    hold_sessions = every(timedelta(minutes=15), attendance.hold_sessions, due=is_any_to_hold(attendance.HOLD_AFTER))
