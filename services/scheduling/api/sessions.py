"""Sessions, the waiting list and bookings by staff, over HTTP."""

from datetime import timedelta
from typing import Any

from services.scheduling.domain.refusals import InvalidValue
from services.scheduling.handlers.acting import (
    abort_unless_place_of,
    case_for_staff,
    coach_for_staff,
    done_by,
    municipality_for_staff,
    note_changed,
    session_for_staff,
)
from services.scheduling.handlers.courses import CourseWish, open_course
from services.scheduling.handlers.seats import choose_seat
from services.scheduling.handlers.sessions import cancel_session
from services.scheduling.handlers.showing import show_place
from services.scheduling.schemas import (
    CancelSchema,
    CourseSchema,
    DeskBookingSchema,
    OwnBookingSchema,
    SessionSchema,
    SessionsQuerySchema,
    WaitingQuerySchema,
    WaitingSchema,
)
from web.access import Role, allow, key, staff
from web.access_log import log_access
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work
from web.idempotency import idempotent
from web.paging import Page, PageArgs, page_args, page_schema

sessions = ApiBlueprint("sessions", __name__, description="Sessions, the waiting list, and bookings by staff.")

LEADS = staff(Role.LEAD, Role.OPERATOR)
EVERYBODY = staff(Role.COACH, Role.LEAD, Role.OPERATOR)
LONGEST_SPAN = timedelta(days=366)


@sessions.route("/sessions", methods=["GET"])
@allow(LEADS, key("sessions:read", "sessions:write", fenced=True))
@sessions.arguments(SessionsQuerySchema, location="query")
@sessions.response(200, SessionSchema(many=True))
def list_sessions(wanted: dict[str, Any]) -> list[Any]:
    """A municipality's sessions on local days, both ends included; of a year at most."""
    if wanted["last"] - wanted["first"] > LONGEST_SPAN:
        message = "Choose a last day at most 366 days after the first, and ask for what is later by itself."
        raise InvalidValue(message, field="last")
    municipality = _one_municipality(wanted["municipality"])
    with unit_of_work() as uow:
        listed: list[Any] = uow.listings.sessions(municipality, wanted["first"], wanted["last"])
        return listed


@sessions.route("/sessions", methods=["POST"])
@allow(EVERYBODY, key("sessions:write", fenced=True))
@sessions.arguments(CourseSchema)
@sessions.response(201, SessionSchema)
@idempotent
def open_session(data: dict[str, Any]) -> Any:
    """Open a course; the coach's unbooked hours in that time give way."""
    with unit_of_work() as uow:
        abort_unless_place_of(coach_for_staff(data["coach_id"], "change", uow), data["venue_id"], uow)
        session_id = open_course(CourseWish(**data), done_by(), uow)
        return uow.sessions.get(session_id)


@sessions.route("/sessions/<session_id>", methods=["GET"])
@allow(EVERYBODY, key("sessions:read", "sessions:write", fenced=True))
@sessions.response(200, SessionSchema)
def read_session(session_id: str) -> Any:
    """One session."""
    with unit_of_work() as uow:
        return session_for_staff(session_id, uow)


@sessions.route("/sessions/<session_id>", methods=["DELETE"])
@allow(EVERYBODY, key("sessions:write", fenced=True))
@sessions.arguments(CancelSchema, location="query")
@sessions.response(204)
def cancel(data: dict[str, Any], session_id: str) -> None:
    """Cancel a session: every owner is told and put back first in line."""
    with unit_of_work() as uow:
        session_for_staff(session_id, uow)
        note_changed(cancel_session(session_id, data["reason"], uow), uow)


@sessions.route("/bookings", methods=["POST"])
@allow(EVERYBODY, key("bookings:write", fenced=True))
@sessions.arguments(DeskBookingSchema)
@sessions.response(201, OwnBookingSchema)
@idempotent
def book(data: dict[str, Any]) -> dict[str, Any]:
    """Book a case into a session on its behalf, without the notice it would need itself; a coach into the own ones."""
    with unit_of_work() as uow:
        case_for_staff(data["case_id"], "change", uow)
        session_for_staff(data["session_id"], uow)
        choose_seat(data["case_id"], data["session_id"], uow, by="staff")
        shown = show_place(data["case_id"], uow)
        return {**vars(shown.booking), "session": shown.session}


@sessions.route("/waiting", methods=["GET"])
@allow(LEADS, key("waiting:read", fenced=True))
@sessions.arguments(WaitingQuerySchema, location="query")
@sessions.arguments(page_args, location="query")
@sessions.response(200, page_schema(WaitingSchema))
def list_waiting(wanted: dict[str, Any], args: PageArgs) -> Page[Any]:
    """A municipality's waiting list, in the order it is served."""
    municipality = _one_municipality(wanted["municipality"])
    with unit_of_work() as uow:
        rows = uow.listings.line(municipality, args.after[0] if args.after else 0, args.rows)
        log_access(uow, action="search", subject=f"waiting:{municipality}")
    return Page.of(rows, args, lambda row: (row.place,))


def _one_municipality(wanted: str | None) -> str:
    municipality = municipality_for_staff(wanted)
    if municipality is None:
        raise InvalidValue("Say which municipality, as municipality=dk-0101.", field="municipality")
    return municipality
