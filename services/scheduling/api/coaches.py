"""Coaches over HTTP: a CSV file of many, or one at a time, and when they are away."""

from typing import Any

from flask import request

from services.scheduling.domain.people import Coach
from services.scheduling.domain.rows import read_coach, write_availability
from services.scheduling.handlers.acting import coach_at_work, coach_for_staff, is_own_municipality, note_changed
from services.scheduling.handlers.importing import import_coaches, save_coach
from services.scheduling.handlers.reading import ImportReport, lines_of
from services.scheduling.handlers.sessions import add_absence, remove_absence
from services.scheduling.schemas import AbsenceSchema, CoachSchema, ImportReportSchema
from web.access import Role, allow, key, staff
from web.access_log import log_access
from web.api_blueprint import ApiBlueprint
from web.body_limit import accepts_up_to
from web.database import unit_of_work
from web.idempotency import idempotent
from web.paging import Page, PageArgs, page_args, page_schema

coaches = ApiBlueprint("coaches", __name__, description="Coaches, their weeks and when they are away.")

WRITERS = (staff(Role.LEAD, Role.OPERATOR), key("coaches:write", fenced=True))
SELF = (staff(Role.COACH, Role.LEAD, Role.OPERATOR), key("coaches:write", fenced=True))
CSV_BODY = {"content": {"text/csv": {"schema": {"type": "string"}}}, "required": True}


@coaches.route("/coaches", methods=["PUT", "POST"])
@allow(*WRITERS)
@accepts_up_to(64)
@coaches.doc(requestBody=CSV_BODY)
@coaches.response(200, ImportReportSchema)
def take_in_coaches() -> ImportReport:
    """Take in a CSV file of coaches; the same file again changes nothing.

    A file that cannot be read to its end is refused with `file_unreadable`: the `line`, and this same report of the
    rows before it, which are kept.
    """
    with unit_of_work() as uow:
        log_access(uow, action="change", subject="coaches")
    return import_coaches(lines_of(request.stream), unit_of_work, is_own_municipality)


@coaches.route("/coaches", methods=["GET"])
@allow(*WRITERS)
@coaches.arguments(page_args, location="query")
@coaches.response(200, page_schema(CoachSchema))
def list_coaches(args: PageArgs) -> Page[Any]:
    """Coaches by id; a municipality's own staff see those who may work there."""
    with unit_of_work() as uow:
        log_access(uow, action="search", subject="coaches")
        rows = uow.coaches.page(str(args.after[0]) if args.after else "", args.rows)
    page = Page.of(rows, args, lambda coach: (coach.coach_id,))
    seen = [coach for coach in page.items if any(map(is_own_municipality, coach.municipalities))]
    return Page([as_json(coach) for coach in seen], page.next)


@coaches.route("/coaches/<coach_id>", methods=["GET"])
@allow(*SELF)
@coaches.response(200, CoachSchema)
def read_one(coach_id: str) -> dict[str, Any]:
    """One coach."""
    with unit_of_work() as uow:
        return as_json(coach_at_work(coach_id, "read", uow))


@coaches.route("/coaches/<coach_id>", methods=["PUT"])
@allow(*WRITERS)
@coaches.arguments(CoachSchema)
@coaches.response(200, CoachSchema)
def keep_one(data: dict[str, Any], coach_id: str) -> dict[str, Any]:
    """Keep one coach, new or changed; the sessions follow."""
    row = {
        "coach_id": coach_id,
        "name": data["name"],
        "email": data["email"],
        "municipalities": ";".join(data["municipalities"]),
        "languages": ";".join(data["languages"]),
        "forms": ";".join(data["forms"]),
        "accreditations": ";".join(f"{topic}:{day}" for topic, day in data["accreditations"].items()),
        "availability": data["availability"],
    }
    coach = read_coach(row)
    with unit_of_work() as uow:
        save_coach(coach, uow, is_own_municipality)
        log_access(uow, action="change", subject=f"coach:{coach_id}")
    return as_json(coach)


@coaches.route("/coaches/<coach_id>/absences", methods=["GET"])
@allow(*SELF)
@coaches.arguments(page_args, location="query")
@coaches.response(200, page_schema(AbsenceSchema))
def list_absences(args: PageArgs, coach_id: str) -> Page[Any]:
    """When the coach is away, from now on."""
    with unit_of_work() as uow:
        coach_for_staff(coach_id, "read", uow)
        rows = uow.coaches.absence_page(coach_id, uow.now, args)
    return Page.of(rows, args, lambda absence: (absence.starts_at, absence.absence_id))


@coaches.route("/coaches/<coach_id>/absences", methods=["POST"])
@allow(*SELF)
@coaches.arguments(AbsenceSchema)
@coaches.response(201, AbsenceSchema)
@idempotent
def be_away(data: dict[str, Any], coach_id: str) -> dict[str, Any]:
    """The coach is away: sessions in that time are cancelled and their owners told."""
    with unit_of_work() as uow:
        coach_for_staff(coach_id, "change", uow)
        absence_id, case_ids = add_absence(coach_id, data["starts_at"], data["ends_at"], data["reason"], uow)
        note_changed(case_ids, uow)
    return {**data, "absence_id": absence_id}


@coaches.route("/coaches/<coach_id>/absences/<absence_id>", methods=["DELETE"])
@allow(*SELF)
@coaches.response(204)
def be_back(coach_id: str, absence_id: str) -> None:
    """The coach is there after all: sessions are made for that time again."""
    with unit_of_work() as uow:
        coach_for_staff(coach_id, "change", uow)
        remove_absence(coach_id, absence_id, uow)


def as_json(coach: Coach) -> dict[str, Any]:
    """The coach as `CoachSchema` dumps it."""
    return {**vars(coach), "availability": write_availability(coach.blocks)}
