"""The two lanes learn of the same new cases at the same time, each in its own order."""

import threading

from sqlalchemy.exc import OperationalError

from tests.notifications.builders import a_case_opened, a_programme_applied, a_registration
from tests.notifications.conftest import ROUTES

CASES = [f"case-{number:03d}" for number in range(60)]


def apply_batch(platform, events, problems):
    try:
        with platform.database.begin() as uow:
            for event in events:
                route = ROUTES[type(event)]
                route.handler([event] if route.many else event, uow)
    except OperationalError as error:
        problems.append(error)


def test_the_lanes_never_stand_in_each_others_way(platform):
    platform.tell(a_programme_applied())
    problems = []
    bulk = [a_case_opened(case_id) for case_id in CASES]
    urgent = [a_registration(case_id) for case_id in reversed(CASES)]
    lanes = [threading.Thread(target=apply_batch, args=(platform, events, problems)) for events in (bulk, urgent)]

    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()

    assert problems == []
    assert len(platform.messages(purpose="registration_receipt")) == len(CASES)
