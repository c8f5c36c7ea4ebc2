"""Staff accounts over HTTP, for operators and the command line."""

from typing import Any
from uuid import UUID

from messaging.identifiers import new_id
from services.registration import handlers
from services.registration.schemas.setup import SignInLinkSchema, StaffSchema
from services.registration.storage.staff import StaffMember
from web.access import Role, allow, key, staff
from web.access_log import log_access
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work
from web.idempotency import idempotent
from web.paging import Page, PageArgs, page_args, page_schema

staff_accounts = ApiBlueprint("staff", __name__, description="Who may sign in.")

OPERATORS = (staff(Role.OPERATOR), key("staff:write"))


@staff_accounts.route("/staff", methods=["GET"])
@allow(*OPERATORS)
@staff_accounts.arguments(page_args, location="query")
@staff_accounts.response(200, page_schema(StaffSchema))
def list_staff(args: PageArgs) -> Page[StaffMember]:
    """Everybody who may sign in, by name."""
    with unit_of_work() as uow:
        log_access(uow, action="read", subject="staff")
        members = uow.staff.page(args)
    return Page.of(members, args, lambda member: (member.name, member.staff_id))


@staff_accounts.route("/staff", methods=["POST"])
@allow(*OPERATORS)
@staff_accounts.arguments(StaffSchema)
@staff_accounts.response(201, StaffSchema)
@idempotent
def create_staff(data: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Make an account; an e-mail address has one."""
    member = StaffMember(staff_id=new_id(), **data)
    with unit_of_work() as uow:
        handlers.put_staff(member, uow)
        log_access(uow, action="change", subject=f"staff:{member.staff_id}")
    return vars(member), 201


@staff_accounts.route("/staff/<uuid:staff_id>", methods=["PUT"])
@allow(*OPERATORS)
@staff_accounts.arguments(StaffSchema)
@staff_accounts.response(200, StaffSchema)
def change_staff(data: dict[str, Any], staff_id: UUID) -> Any:
    """Change an account; `active: false` closes it."""
    with unit_of_work() as uow:
        uow.staff.get(str(staff_id))
        member = StaffMember(staff_id=str(staff_id), **data)
        handlers.put_staff(member, uow)
        log_access(uow, action="change", subject=f"staff:{staff_id}")
    return member


@staff_accounts.route("/staff/<uuid:staff_id>/sign-in-link", methods=["POST"])
@allow(key("staff:sign-in"))
@staff_accounts.response(201, SignInLinkSchema)
def make_sign_in_link(staff_id: UUID) -> dict[str, Any]:
    """A link that signs this person in, for who sets the platform up and has no mail yet.

    Asking again makes another link; nothing is sent, and each works once, within its ten minutes. So no
    `Idempotency-Key` is taken: an answer that is kept for a day would hold a link that is spent or too old.
    """
    with unit_of_work() as uow:
        log_access(uow, action="change", subject=f"staff:{staff_id}")
        return {"link": handlers.make_sign_in_link(str(staff_id), uow)}
