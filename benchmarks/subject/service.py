"""The subject as nameko sees it: once with a handler for each event, once with one for a batch."""

from benchmarks.subject import handlers
from benchmarks.subject.storage import SubjectUnitOfWork
from frist_contracts import CaseRegistered
from messaging.subscribe import subscribe


class OneByOne:
    """`handle(event, uow)`, the ordinary way."""

    name = "scheduling"
    unit_of_work = SubjectUnitOfWork
    on_registered = subscribe(CaseRegistered, handlers.put_on_waiting_list)


class SetBased:
    """`handle_many(events, uow)`, for projections."""

    name = "scheduling"
    unit_of_work = SubjectUnitOfWork
    on_registered = subscribe(CaseRegistered, handlers.put_all_on_waiting_list, many=True)
