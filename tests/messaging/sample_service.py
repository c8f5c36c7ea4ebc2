"""A whole small service to try the kernel with."""

from datetime import timedelta

from frist_contracts import CaseClosed, NoAddressLeft, SurveyAnswered
from messaging.subscribe import subscribe
from messaging.timers import every
from messaging.unit_of_work import UnitOfWork
from tests.messaging import sample_handlers as handlers


class SampleService:
    """What the worker runs."""

    name = "sample"
    unit_of_work = UnitOfWork
    on_answer = subscribe(SurveyAnswered, handlers.count_answer)
    on_closed = subscribe(CaseClosed, handlers.project_closures, many=True)
    on_unreachable = subscribe(NoAddressLeft, handlers.ignore)
    tick = every(timedelta(seconds=60), handlers.tick)
