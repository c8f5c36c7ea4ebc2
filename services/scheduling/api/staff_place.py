"""A case's place by staff over HTTP, on the organisation's behalf: cancel its seat, leave the line, ask again."""

from typing import Any

from services.scheduling.api.own_place import as_json
from services.scheduling.handlers.acting import case_for_staff, place_for_staff
from services.scheduling.handlers.seats import ask_again, give_up
from services.scheduling.handlers.showing import show_place
from services.scheduling.schemas import PlaceSchema
from web.access import Role, allow, key, staff
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work

staff_place = ApiBlueprint(
    "staff_place", __name__, description="A case's place by staff, on the organisation's behalf."
)

LEADS = staff(Role.LEAD, Role.OPERATOR)
EVERYBODY = staff(Role.COACH, Role.LEAD, Role.OPERATOR)
PROGRAMS = key("bookings:write", fenced=True)


@staff_place.route("/cases/<case_id>/booking", methods=["DELETE"])
@allow(EVERYBODY, PROGRAMS)
@staff_place.response(200, PlaceSchema)
def cancel(case_id: str) -> dict[str, Any]:
    """Cancel the case's seat, or give up its place in line, on its behalf; a coach those of the own sessions."""
    with unit_of_work() as uow:
        place_for_staff(case_id, "change", uow)
        give_up(case_id, uow, by="staff")
        return as_json(show_place(case_id, uow))


@staff_place.route("/cases/<case_id>/waiting", methods=["PUT"])
@allow(LEADS, PROGRAMS)
@staff_place.response(200, PlaceSchema)
def wait_again(case_id: str) -> dict[str, Any]:
    """Ask for a seat on the case's behalf: the earliest that fits, or a place in line."""
    with unit_of_work() as uow:
        case_for_staff(case_id, "change", uow)
        ask_again(case_id, uow)
        return as_json(show_place(case_id, uow))
