"""A day over HTTP: who comes, and recording who came."""

from datetime import UTC, date, datetime
from typing import Any

from services.scheduling.domain.placement import Attendance, TopicOutcome
from services.scheduling.domain.refusals import InvalidValue
from services.scheduling.handlers.acting import (
    coach_at_work,
    done_by,
    fence_at,
    municipality_for_staff,
    session_for_staff,
    session_to_correct,
)
from services.scheduling.handlers.attendance import record_attendance
from services.scheduling.handlers.correcting import correct_attendance
from services.scheduling.schemas import AttendanceSchema, CorrectionSchema, DayQuerySchema, DaySchema, RecordedSchema
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork
from web.access import Role, allow, current_actor, key, staff
from web.access_log import log_access
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work
from web.idempotency import idempotent
from web.paging import Page, PageArgs, page_args

day = ApiBlueprint("day", __name__, description="Who comes on a day, and who came.")

_START = datetime(1, 1, 2, tzinfo=UTC), ""

RECORDERS = (staff(Role.COACH, Role.LEAD, Role.OPERATOR), key("attendance:write", fenced=True))


@day.route("/day", methods=["GET"])
@allow(*RECORDERS)
@day.arguments(DayQuerySchema, location="query")
@day.arguments(page_args, location="query")
@day.response(200, DaySchema)
def read_day(wanted: dict[str, Any], args: PageArgs) -> dict[str, Any]:
    """A coach's day; without `coach_id` everybody's, page by page."""
    coach_id = wanted["coach_id"] or current_actor().coach_id
    with unit_of_work() as uow:
        if coach_id:
            return _day_of_coach(coach_id, wanted["date"] or _today(uow), uow)
        if wanted["date"] is None:
            raise InvalidValue("Say which day, as date=2013-10-01.", field="date")
        return _day_of_all(wanted["date"], wanted["municipality"], args, uow)


@day.route("/bookings/<booking_id>/attendance", methods=["POST"])
@allow(*RECORDERS)
@day.arguments(AttendanceSchema)
@day.response(200, RecordedSchema)
@idempotent
def record(data: dict[str, Any], booking_id: str) -> dict[str, Any]:
    """Record whether the organisation came and what was achieved; the same again changes nothing."""
    with unit_of_work() as uow:
        booking = uow.bookings.get(booking_id)
        if booking:
            session_for_staff(booking.session_id, uow)
        recorded = record_attendance(booking_id, _said(data), uow)
        log_access(uow, action="change", subject=f"case:{recorded.case_id}")
    return {"booking_id": booking_id, "state": "attended" if data["attended"] else "no_show"}


@day.route("/bookings/<booking_id>/attendance", methods=["PUT"])
@allow(staff(Role.LEAD, Role.OPERATOR), key("attendance:correct", fenced=True))
@day.arguments(CorrectionSchema)
@day.response(200, RecordedSchema)
def correct(data: dict[str, Any], booking_id: str) -> dict[str, Any]:
    """Correct what was recorded: they came after all, or achieved more. Nothing that was told is taken back."""
    with unit_of_work() as uow:
        booking = uow.bookings.get(booking_id)
        if booking:
            session_to_correct(booking.session_id, uow)
        corrected = correct_attendance(booking_id, _said(data), uow, by=done_by(), reason=data["reason"])
        log_access(uow, action="change", subject=f"case:{corrected.case_id}")
    return {"booking_id": booking_id, "state": "attended" if data["attended"] else "no_show"}


def _said(data: dict[str, Any]) -> Attendance:
    return Attendance(data["attended"], tuple(TopicOutcome(**outcome) for outcome in data["outcomes"]), data["rebook"])


def _day_of_coach(coach_id: str, wanted: date, uow: SchedulingUnitOfWork) -> dict[str, Any]:
    fence = fence_at(coach_at_work(coach_id, "read", uow))
    items = uow.listings.day_of_coach(coach_id, wanted, fence)
    overdue = uow.listings.overdue(coach_id, wanted, fence)
    for visitor in (*items, *overdue):
        log_access(uow, action="read", subject=f"case:{visitor.case_id}")
    return {"date": wanted, "items": items, "overdue": overdue, "next": None}


def _day_of_all(wanted: date, municipality: str | None, args: PageArgs, uow: SchedulingUnitOfWork) -> dict[str, Any]:
    code = municipality_for_staff(municipality)
    rows = uow.listings.day_of_all(wanted, code, args.after_instant or _START, args.rows)
    log_access(uow, action="export", subject=f"day:{wanted}")
    page = Page.of(rows, args, lambda visitor: (visitor.session.starts_at, visitor.booking_id))
    return {"date": wanted, "items": page.items, "overdue": [], "next": page.next}


def _today(uow: SchedulingUnitOfWork) -> date:
    return next((rules.today(uow.now) for rules in uow.programmes.all()), uow.now.date())
