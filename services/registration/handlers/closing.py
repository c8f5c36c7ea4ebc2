"""A case ends: withdrawn, exempt, fulfilled by decision, out of reach, or erased."""

from dataclasses import dataclass

from frist_contracts import NoAddressLeft
from messaging.erasure import erase_subject
from messaging.refusals import Refusal
from services.registration.domain.case import Case
from services.registration.domain.words import EXEMPT, FINAL_STATES, UNREACHABLE
from services.registration.handlers.telling import BY_PROGRAMME, remember, tell_erased, tell_state
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True, kw_only=True)
class CloseCase:
    """The decision to end a case; `evidence` says where the proof is, as a journal number."""

    case_id: str
    ending: str
    reason: str
    evidence: str | None = None
    done_by: str


class ClosureRefused(Refusal):
    """A case cannot be ended in this way."""

    slug = "closure_refused"
    status = 422


def withdraw_case(case_id: str, done_by: str, uow: RegistrationUnitOfWork) -> Case:
    """The organisation wants no more of the programme; saying so again changes nothing."""
    case = uow.cases.get(case_id, lock=True)
    before = case.state
    case.withdraw()
    return _ended(case, before, done_by, uow)


def close_case(wish: CloseCase, uow: RegistrationUnitOfWork) -> Case:
    """End a case by decision; an exemption needs one of the programme's grounds as its reason."""
    case = uow.cases.get(wish.case_id, lock=True)
    if wish.ending not in FINAL_STATES:
        raise ClosureRefused(f"Use one of: {', '.join(FINAL_STATES)}.", field="state")
    grounds = uow.programmes.get(case.programme_id).exemption_grounds
    if wish.ending == EXEMPT and wish.reason not in grounds:
        raise ClosureRefused("Choose one of the programme's grounds for an exemption.", field="reason", grounds=grounds)
    before = case.state
    case.close(wish.ending, wish.reason, wish.evidence)
    return _ended(case, before, wish.done_by, uow, note=wish.reason)


def mark_unreachable(event: NoAddressLeft, uow: RegistrationUnitOfWork) -> None:
    """Nobody can be reached there any more, unless the organisation gave a new address meanwhile."""
    case = uow.cases.get(event.case_id, lock=True)
    kept = uow.contacts.find(event.case_id)
    is_outdated = kept is not None and 0 < event.sequence < kept.sequence
    if case.has_ended or case.erased or is_outdated:
        return
    before = case.state
    case.close(UNREACHABLE, "no_address_left")
    _ended(case, before, BY_PROGRAMME, uow)


def erase_case(case_id: str, done_by: str, uow: RegistrationUnitOfWork) -> Case:
    """Remove the organisation's personal data here and everywhere; that there was a case, and its end, stays counted."""
    case = uow.cases.get(case_id, lock=True)
    if case.erased:
        return case
    before = case.state
    if not case.has_ended:
        case.withdraw()
    tell_state(case, before, uow)
    tell_erased(case, uow)
    organisation_id = case.organisation_id
    case.forget()
    uow.contacts.forget(case_id)
    erase_subject(uow.connection, case_id)
    uow.history.forget_notes(case_id)
    remember(case, "erased", done_by, uow)
    uow.cases.save([case], uow.now)
    if organisation_id and (number := uow.cases.forget_organisation(organisation_id)):
        uow.imports.forget_number(number)
    return case


def _ended(case: Case, before: str, done_by: str, uow: RegistrationUnitOfWork, note: str | None = None) -> Case:
    """Tell and keep the end, unless it had ended so before."""
    if tell_state(case, before, uow):
        remember(case, case.state, done_by, uow, note)
        uow.cases.save([case], uow.now)
    return case
