"""Who acts in the running request, and whose case a link opens."""

from services.registration.domain.case import Case
from services.registration.storage.cases import CaseUnknown
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from web.access import abort_unless_municipality, act_as_organisation, current_actor
from web.access_log import log_access
from web.links import LinkUnknown


def done_by() -> str:
    """The running request's actor, as it stands in a case's history."""
    actor = current_actor()
    if actor.kind in {"staff", "key"}:
        return f"{actor.kind}:{actor.actor_id}"
    return "organisation"


def registered_by() -> str:
    """Who a registration made in the running request comes from: `organisation` or `staff`."""
    return "staff" if current_actor().kind in {"staff", "key"} else "organisation"


def may_reopen(municipality: str) -> bool:
    """Whether the caller may open a withdrawn case of the municipality again: its staff, and keys that write its cases."""
    actor = current_actor()
    return (actor.is_staff or actor.has_scope("cases:write")) and actor.may_see_municipality(municipality)


def case_of_link(token: str, action: str, uow: RegistrationUnitOfWork) -> str:
    """The case that a link opens, noted in the access log; raises `LinkUnknown`."""
    case_id = uow.contacts.case_of_link(uow.links.hash(token))
    if case_id is None:
        raise LinkUnknown
    act_as_organisation(case_id)
    log_access(uow, action=action, subject=f"case:{case_id}", on_behalf_of=on_behalf_of(case_id))
    return case_id


def case_for_staff(case_id: str, action: str, uow: RegistrationUnitOfWork) -> Case:
    """A case inside the caller's fence, noted in the access log; raises `CaseUnknown` or `Forbidden`."""
    case = uow.cases.get(case_id)
    abort_unless_municipality(case.municipality)
    if case.erased and action == "change":
        raise CaseUnknown("This case was erased; there is nothing left to change.")
    log_access(
        uow,
        action=action,
        subject=f"case:{case_id}",
        on_behalf_of=on_behalf_of(case_id) if action == "change" else None,
    )
    return case


def on_behalf_of(case_id: str) -> str | None:
    """Whom the running request acts for, as the access log names it; None when the organisation acts itself."""
    return f"case:{case_id}" if current_actor().kind in {"staff", "key"} else None
