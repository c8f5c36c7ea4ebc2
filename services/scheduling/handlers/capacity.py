"""Tells how many seats a municipality has and how many are taken, at most once a minute for each."""

from datetime import timedelta

from frist_contracts.scheduling import CapacityChanged
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork

PAUSE = timedelta(minutes=1)
BATCH = 50


def publish_capacity(uow: SchedulingUnitOfWork) -> int:
    """Tell the seats of municipalities where something changed."""
    due = uow.capacity.due(uow.now, PAUSE, BATCH)
    versions = uow.capacity.report(due, uow.now)
    for rules in uow.programmes.all() if due else []:
        today = rules.today(uow.now)
        if today <= rules.ends_on:
            its_own = [municipality for municipality in due if municipality.startswith(f"{rules.country}-")]
            for municipality, days in uow.capacity.days(its_own, rules.programme_id, today).items():
                uow.outbox.add(
                    CapacityChanged(
                        municipality=municipality,
                        sequence=versions[municipality],
                        programme_id=rules.programme_id,
                        from_day=today,
                        days=days,
                    )
                )
    return len(due)
