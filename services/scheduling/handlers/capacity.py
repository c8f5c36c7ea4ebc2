"""Tells how many seats a municipality has and how many are taken, at most once a minute for each."""

from datetime import timedelta

from frist_contracts.scheduling import CapacityChanged
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork

PAUSE = timedelta(minutes=1)
BATCH = 50


def publish_capacity(uow: SchedulingUnitOfWork) -> int:
    """Tell the seats of municipalities where something changed."""
    due = uow.capacity.due(uow.now, PAUSE, BATCH)
    programmes = uow.programmes.all() if due else []
    for municipality in due:
        sequence = uow.capacity.report(municipality, uow.now)
        for rules in programmes:
            today = rules.today(uow.now)
            if municipality.startswith(f"{rules.country}-") and today <= rules.ends_on:
                uow.outbox.add(
                    CapacityChanged(
                        municipality=municipality,
                        sequence=sequence,
                        programme_id=rules.programme_id,
                        from_day=today,
                        days=uow.capacity.days(municipality, rules.programme_id, today),
                    )
                )
    return len(due)
