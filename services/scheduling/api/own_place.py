"""An organisation's own place over HTTP, by its link."""

from typing import Any

from services.scheduling.handlers.acting import case_of_link
from services.scheduling.handlers.seats import ask_again, choose_seat, give_up
from services.scheduling.handlers.showing import ShownPlace, show_place
from services.scheduling.schemas import ChosenSessionSchema, FreeSeatsQuerySchema, PlaceSchema
from web.access import allow, by_link
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work
from web.paging import PageArgs

own_place = ApiBlueprint("own_place", __name__, description="An organisation's own seat, by its link.")


@own_place.route("/case/<token>", methods=["GET"])
@allow(by_link)
@own_place.arguments(FreeSeatsQuerySchema, location="query")
@own_place.response(200, PlaceSchema)
def read_place(wanted: dict[str, Any], token: str) -> dict[str, Any]:
    """Where the case stands, its seat and a page of the free seats that fit."""
    with unit_of_work() as uow:
        case_id = case_of_link(token, "read", uow)
        page = PageArgs(wanted["after"], wanted["free"]) if wanted["free"] else None
        return as_json(show_place(case_id, uow, form=wanted["form"], page=page))


@own_place.route("/case/<token>/booking", methods=["POST"])
@allow(by_link)
@own_place.arguments(ChosenSessionSchema)
@own_place.response(200, PlaceSchema)
def choose(data: dict[str, Any], token: str) -> dict[str, Any]:
    """Choose a seat, or another one; the booking keeps its id."""
    with unit_of_work() as uow:
        case_id = case_of_link(token, "change", uow)
        choose_seat(case_id, data["session_id"], uow)
        return as_json(show_place(case_id, uow))


@own_place.route("/case/<token>/booking", methods=["DELETE"])
@allow(by_link)
@own_place.response(200, PlaceSchema)
def cancel(token: str) -> dict[str, Any]:
    """Cancel the seat, or give up the place in line."""
    with unit_of_work() as uow:
        case_id = case_of_link(token, "change", uow)
        give_up(case_id, uow)
        return as_json(show_place(case_id, uow))


@own_place.route("/case/<token>/waiting", methods=["PUT"])
@allow(by_link)
@own_place.response(200, PlaceSchema)
def wait_again(token: str) -> dict[str, Any]:
    """Ask for a seat after all: the earliest that fits, or a place in line."""
    with unit_of_work() as uow:
        case_id = case_of_link(token, "change", uow)
        ask_again(case_id, uow)
        return as_json(show_place(case_id, uow))


def as_json(shown: ShownPlace) -> dict[str, Any]:
    """The place as `PlaceSchema` dumps it."""
    booking = {**vars(shown.booking), "session": shown.session} if shown.booking else None
    return {
        "state": shown.state,
        "waiting_place": shown.waiting_place,
        "booking": booking,
        "free": shown.free,
        "next": shown.next,
    }
