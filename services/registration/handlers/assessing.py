"""The skills inventory is answered."""

from services.registration.domain.case import Case
from services.registration.domain.inventory import check_inventory
from services.registration.handlers.telling import remember, tell_assessed
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


def assess_case(
    case_id: str,
    levels: dict[str, int],
    topics: list[str],
    done_by: str,
    uow: RegistrationUnitOfWork,
) -> Case:
    """Keep a level for each topic and what help is wanted with; the same answers again change nothing."""
    case = uow.cases.get(case_id, lock=True)
    programme = uow.programmes.get(case.programme_id)
    check_inventory(levels, topics, programme.topics)
    wanted = [topic for topic in programme.topics if topic in topics]
    if case.levels == levels and case.topics == wanted and not case.has_ended:
        return case
    case.assess(levels, wanted)
    kept = uow.contacts.find(case.case_id)
    tell_assessed(case, kept.contact.language if kept else "da", uow)
    remember(case, "assessed", done_by, uow)
    uow.cases.save([case], uow.now)
    return case
