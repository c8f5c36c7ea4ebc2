"""Plans reminders from the programmes and what is known of the cases: nothing is planned before its time."""

from services.notifications.storage.unit_of_work import NotificationsUnitOfWork


def plan_reminders(uow: NotificationsUnitOfWork) -> int:
    """Plan a batch of what is due; returns how many cases were looked at."""
    return plan_ladders(uow) or plan_session_reminders(uow)


def plan_ladders(uow: NotificationsUnitOfWork) -> int:
    """Plan the steps that are due, for the next batch of cases."""
    for programme in uow.programmes.all().values():
        for step in programme.ladder:
            if step.is_due(uow.now) and (walked := uow.plans.walk_ladder(programme, step)):
                return walked
    return 0


def plan_session_reminders(uow: NotificationsUnitOfWork) -> int:
    """Plan the reminders of sessions that are near."""
    for programme in uow.programmes.all().values():
        for reminder in programme.session_reminders:
            if planned := uow.plans.remind_of_sessions(programme, reminder):
                return planned
    return 0
