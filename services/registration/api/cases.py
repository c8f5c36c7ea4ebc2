"""Cases over HTTP: open registration, and what staff and programs do with cases."""

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.registration import handlers
from services.registration.domain.contact import CONTACT_FACTS, Contact
from services.registration.handlers.acting import case_for_staff, done_by, may_reopen, on_behalf_of, registered_by
from services.registration.handlers.showing import as_json, show_case
from services.registration.schemas.cases import (
    CaseFilterSchema,
    ClosureSchema,
    ContactSchema,
    InventorySchema,
    LinkSchema,
    ListedCaseSchema,
    RegisteredSchema,
    RegistrationSchema,
    ShownCaseSchema,
    StateSchema,
)
from services.registration.storage.cases import says_it_is_there
from services.registration.storage.search import CaseFilter
from web.access import Role, abort_unless_municipality, allow, anyone, current_actor, key, staff
from web.access_log import log_access
from web.api_blueprint import ApiBlueprint
from web.database import joins_another, unit_of_work
from web.idempotency import idempotent
from web.paging import Page, PageArgs, page_args, page_schema

cases = ApiBlueprint("cases", __name__, description="Organisations' cases.")

READERS = (staff(Role.OPERATOR, Role.LEAD), key("cases:read", fenced=True))
WRITERS = (staff(Role.OPERATOR, Role.LEAD), key("cases:write", fenced=True))


def contact_of(data: dict[str, Any]) -> Contact:
    """The contact data in a checked request."""
    given: dict[str, Any] = {name: data[name] or None for name in CONTACT_FACTS}
    return Contact(organisation_name=data["name"].strip(), **given)


@cases.route("/cases", methods=["POST"])
@allow(anyone)
@cases.arguments(RegistrationSchema)
@cases.response(201, RegisteredSchema)
@cases.alt_response(200, schema=RegisteredSchema, description="Registered before: its own address is sent the link.")
@idempotent
def register(data: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Register an organisation."""
    wish = handlers.RegisterOrganisation(
        programme_id=data["programme_id"],
        number=data["number"],
        kind=data["kind"],
        contact=contact_of(data),
        municipality=data["municipality"],
        help_forms=data["help_forms"],
        registered_by=registered_by(),
        done_by=done_by(),
        may_reopen=may_reopen,
    )
    try:
        return _registered(wish, on_a_guess=not joins_another())
    except IntegrityError as error:
        if not says_it_is_there(error):
            raise
        return _registered(wish, on_a_guess=False)


def _registered(wish: handlers.RegisterOrganisation, *, on_a_guess: bool) -> tuple[dict[str, Any], int]:
    with unit_of_work() as uow:
        result = handlers.register_organisation(wish, uow, on_a_guess=on_a_guess)
        case, is_known_person = result.case, current_actor().may_see_municipality(result.case.municipality)
        log_access(uow, action="change", subject=f"case:{case.case_id}", on_behalf_of=on_behalf_of(case.case_id))
        link = uow.links.url(f"/registration/case/{result.token}") if result.token else None
    state = case.state if result.is_new or is_known_person else None
    answer = {"case_id": case.case_id, "state": state, "link": link, "token": result.token}
    return answer, 201 if result.is_new else 200


@cases.route("/cases", methods=["GET"])
@allow(*READERS)
@cases.arguments(CaseFilterSchema, location="query")
@cases.arguments(page_args, location="query")
@cases.response(200, page_schema(ListedCaseSchema))
def list_cases(wanted: dict[str, Any], args: PageArgs) -> Page[Any]:
    """Look for cases, the newest first; a municipality's own staff see their own."""
    if current_actor().municipality is not None:
        wanted["municipality"] = wanted["municipality"] or current_actor().municipality
        abort_unless_municipality(wanted["municipality"])
    with unit_of_work() as uow:
        rows = uow.search.page(CaseFilter(**wanted), args)
        log_access(uow, action="search", subject="cases")
    return Page.of(rows, args, lambda row: (row.case_id,))


@cases.route("/cases/<uuid:case_id>", methods=["GET"])
@allow(*READERS)
@cases.response(200, ShownCaseSchema)
def read_case(case_id: UUID) -> dict[str, Any]:
    """One case."""
    with unit_of_work() as uow:
        case_for_staff(str(case_id), "read", uow)
        return as_json(show_case(str(case_id), uow))


@cases.route("/cases/<uuid:case_id>/inventory", methods=["POST"])
@allow(*WRITERS, staff(Role.COACH))
@cases.arguments(InventorySchema)
@cases.response(200, StateSchema)
def assess(data: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    """Answer the skills inventory on the organisation's behalf; a coach in the own municipality."""
    with unit_of_work() as uow:
        case_for_staff(str(case_id), "change", uow)
        case = handlers.assess_case(str(case_id), **data, done_by=done_by(), uow=uow)
    return {"case_id": case.case_id, "state": case.state}


@cases.route("/cases/<uuid:case_id>/contact", methods=["PUT"])
@allow(*WRITERS)
@cases.arguments(ContactSchema)
@cases.response(200, StateSchema)
def change_contact(data: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    """Change how the organisation can be reached, on its behalf."""
    with unit_of_work() as uow:
        case_for_staff(str(case_id), "change", uow)
        case = handlers.change_contact(str(case_id), contact_of(data), done_by(), uow)
    return {"case_id": case.case_id, "state": case.state}


@cases.route("/cases/<uuid:case_id>/closure", methods=["POST"])
@allow(*WRITERS)
@cases.arguments(ClosureSchema)
@cases.response(200, StateSchema)
def close(data: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    """End a case by decision."""
    with unit_of_work() as uow:
        case_for_staff(str(case_id), "change", uow)
        wish = handlers.CloseCase(
            case_id=str(case_id),
            ending=data["state"],
            reason=data["reason"],
            evidence=data["evidence"],
            done_by=done_by(),
        )
        case = handlers.close_case(wish, uow)
    return {"case_id": case.case_id, "state": case.state}


@cases.route("/cases/<uuid:case_id>/link", methods=["POST"])
@allow(*WRITERS)
@cases.response(200, LinkSchema)
@idempotent
def replace_link(case_id: UUID) -> dict[str, Any]:
    """Replace the organisation's link, as when it got into wrong hands; it is sent the new one."""
    with unit_of_work() as uow:
        case_for_staff(str(case_id), "change", uow)
        token = handlers.replace_link(str(case_id), done_by(), uow)
        return {"link": uow.links.url(f"/registration/case/{token}"), "token": token}


@cases.route("/cases/<uuid:case_id>/erasure", methods=["POST"])
@allow(staff(Role.OPERATOR), key("cases:erase", fenced=True))
@cases.response(200, StateSchema)
def erase(case_id: UUID) -> dict[str, Any]:
    """Remove the organisation's personal data everywhere; the case stays counted."""
    with unit_of_work() as uow:
        case_for_staff(str(case_id), "erase", uow)
        case = handlers.erase_case(str(case_id), done_by(), uow)
    return {"case_id": case.case_id, "state": case.state}
