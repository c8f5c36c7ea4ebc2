"""What an organisation does with its own case, by its own link."""

from typing import Any

from services.registration import handlers
from services.registration.api.cases import contact_of
from services.registration.handlers.acting import case_of_link, done_by
from services.registration.handlers.showing import as_json, show_own_case
from services.registration.schemas.cases import ContactSchema, InventorySchema, ShownCaseSchema, StateSchema
from web.access import allow, by_link
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work

own_case = ApiBlueprint("own-case", __name__, description="An organisation's own case, by its own link.")


@own_case.route("/case/<token>", methods=["GET"])
@allow(by_link)
@own_case.response(200, ShownCaseSchema)
def read(token: str) -> dict[str, Any]:
    """The case, with what is left to do."""
    with unit_of_work() as uow:
        return as_json(show_own_case(case_of_link(token, "read", uow), uow))


@own_case.route("/case/<token>/inventory", methods=["POST"])
@allow(by_link)
@own_case.arguments(InventorySchema)
@own_case.response(200, StateSchema)
def assess(data: dict[str, Any], token: str) -> dict[str, Any]:
    """Answer the skills inventory; answering again replaces the answers."""
    with unit_of_work() as uow:
        case_id = case_of_link(token, "change", uow)
        case = handlers.assess_case(case_id, **data, done_by=done_by(), uow=uow)
    return {"case_id": case_id, "state": case.state}


@own_case.route("/case/<token>/contact", methods=["PUT"])
@allow(by_link)
@own_case.arguments(ContactSchema)
@own_case.response(200, StateSchema)
def change_contact(data: dict[str, Any], token: str) -> dict[str, Any]:
    """Change how the organisation can be reached."""
    with unit_of_work() as uow:
        case_id = case_of_link(token, "change", uow)
        case = handlers.change_contact(case_id, contact_of(data), done_by(), uow)
    return {"case_id": case_id, "state": case.state}


@own_case.route("/case/<token>/withdrawal", methods=["POST"])
@allow(by_link)
@own_case.response(200, StateSchema)
def withdraw(token: str) -> dict[str, Any]:
    """Leave the programme; saying so again changes nothing."""
    with unit_of_work() as uow:
        case_id = case_of_link(token, "change", uow)
        case = handlers.withdraw_case(case_id, done_by(), uow)
    return {"case_id": case_id, "state": case.state}


@own_case.route("/case/<token>/registration", methods=["POST"])
@allow(by_link)
@own_case.response(200, StateSchema)
def register_again(token: str) -> dict[str, Any]:
    """Open the case again after withdrawing; the questions are to be answered anew. Saying so again changes nothing."""
    with unit_of_work() as uow:
        case_id = case_of_link(token, "change", uow)
        case = handlers.register_again(case_id, done_by(), uow)
    return {"case_id": case_id, "state": case.state}
