"""The skills inventory is answered."""

from services.registration.domain.case import Case
from services.registration.domain.help_forms import chosen_forms
from services.registration.domain.inventory import check_inventory
from services.registration.handlers.telling import remember, tell_assessed
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


def assess_case(
    case_id: str,
    levels: dict[str, int],
    topics: list[str],
    done_by: str,
    uow: RegistrationUnitOfWork,
    *,
    help_forms: list[str] | None = None,
) -> Case:
    """Keep a level for each topic, what help is wanted with and in which forms; the same answers again change nothing.

    None as `help_forms` leaves those accepted so far; none at all, or one that is not offered, is refused.
    """
    case = uow.cases.get(case_id, lock=True)
    programme = uow.programmes.get(case.programme_id)
    check_inventory(levels, topics, programme.topics)
    wanted = [topic for topic in programme.topics if topic in topics]
    forms = case.help_forms if help_forms is None else chosen_forms(help_forms, programme.help_forms)
    if (case.levels, case.topics, case.help_forms) == (levels, wanted, forms) and not case.has_ended:
        return case
    case.assess(levels, wanted, forms)
    kept = uow.contacts.find(case.case_id)
    tell_assessed(case, kept.contact.language if kept else "da", uow)
    remember(case, "assessed", done_by, uow)
    uow.cases.save([case], uow.now)
    return case
