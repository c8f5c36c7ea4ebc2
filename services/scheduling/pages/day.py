"""A coach's day: who comes, what they need, and recording who came; made for a phone in one hand."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from messaging.refusals import Refusal
from services.scheduling.domain.placement import Attendance, TopicOutcome
from services.scheduling.domain.refusals import NotFound
from services.scheduling.handlers.acting import (
    coach_at_work,
    fence_at,
    is_in_charge,
    may_correct,
    municipality_for_staff,
    session_for_staff,
)
from services.scheduling.handlers.attendance import record_attendance
from services.scheduling.handlers.correcting import RECORDED
from services.scheduling.pages.frame import Answer, asked_day, rules_of_place, show
from services.scheduling.storage.listings import Visitor
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork
from web.access import Role, allow, current_actor, staff
from web.access_log import log_access
from web.database import unit_of_work
from web.forms import Form

day = Blueprint("day_pages", __name__, template_folder="templates")

COACHES = staff(Role.COACH, Role.LEAD, Role.OPERATOR)


@day.get("/day")
@allow(COACHES)
def show_day() -> Answer:
    """A coach's day, or for who is no coach the coaches to choose from."""
    coach_id = request.args.get("coach_id") or current_actor().coach_id
    with unit_of_work() as uow:
        if not coach_id:
            return _choose_coach(uow)
        coach = coach_at_work(coach_id, "read", uow)
        rules = rules_of_place(coach.municipalities[0], uow)
        now, today = uow.now, rules.today(uow.now)
        wanted = asked_day(request.args.get("date"), today)
        fence = fence_at(coach)
        visitors = uow.listings.day_of_coach(coach_id, wanted, fence)
        overdue = uow.listings.overdue(coach_id, today, fence)
        for visitor in (*visitors, *overdue):
            log_access(uow, action="read", subject=f"case:{visitor.case_id}")
        sessions = uow.listings.sessions_of_coach(coach_id, wanted, fence)
    return show(
        "day",
        coach=coach,
        in_charge=is_in_charge(coach),
        rules=rules,
        wanted=wanted,
        today=today,
        now=now,
        visits=_by_session(visitors),
        free=[session for session in sessions if not session.taken],
        overdue=overdue,
        step=timedelta(days=1),
    )


@day.get("/bookings/<booking_id>")
@allow(COACHES)
def ask_attendance(booking_id: str) -> Answer:
    """The form to record one booking."""
    with unit_of_work() as uow:
        visitor = visitor_for_staff(booking_id, uow)
        log_access(uow, action="read", subject=f"case:{visitor.case_id}")
        return record_page(visitor, Form(as_recorded(visitor)), uow)


@day.post("/bookings/<booking_id>")
@allow(COACHES)
def record(booking_id: str) -> Answer | Response:
    """Record who came."""
    with unit_of_work() as uow:
        visitor = visitor_for_staff(booking_id, uow)
        form = Form(request.form.to_dict())
        said = said_in(form, visitor)
        if form.is_valid:
            try:
                record_attendance(booking_id, said, uow)
            except Refusal as refusal:
                form.refuse(refusal)
        if not form.is_valid:
            return record_page(visitor, form, uow, refused=True)
        log_access(uow, action="change", subject=f"case:{visitor.case_id}")
    flash(_("Recorded."))
    return redirect(_day_url(visitor.session.coach_id, visitor.session.day), 303)


def record_page(visitor: Visitor, form: Form, uow: SchedulingUnitOfWork, *, refused: bool = False) -> Answer:
    """The form to record a booking; or what was recorded, and for who may the form to correct it."""
    rules = rules_of_place(visitor.session.municipality, uow)
    return show(
        "record",
        refused=refused,
        visitor=visitor,
        rules=rules,
        duty=uow.programmes.get(visitor.session.programme_id),
        form=form,
        may_correct=may_correct(visitor.session) and visitor.state in RECORDED,
        corrections=uow.corrections.of_booking(visitor.booking_id),
        ahead=uow.bookings.live_of_case(visitor.case_id) if visitor.state == "no_show" else None,
    )


def as_recorded(visitor: Visitor) -> dict[str, Any]:
    """The fields of the form as they were recorded, else with the levels that the organisation said it has."""
    values: dict[str, Any] = {f"before-{topic}": visitor.levels.get(topic, 0) for topic in visitor.topics}
    record = visitor.recorded or {"outcomes": [], "rebook": False}
    for outcome in record["outcomes"]:
        topic = outcome["topic"]
        values[f"achieved-{topic}"] = "yes" if outcome["achieved"] else "no"
        values[f"before-{topic}"], values[f"after-{topic}"] = outcome["level_before"], outcome["level_after"]
    return {**values, "rebook": "yes" if record["rebook"] else ""}


def said_in(form: Form, visitor: Visitor) -> Attendance:
    """What was said in the form, which tells what is missing."""
    if form.value("attended") == "no":
        return Attendance(attended=False)
    outcomes = tuple(outcome for topic in visitor.topics if (outcome := _outcome(form, topic)))
    return Attendance(attended=True, outcomes=outcomes, rebook=form.value("rebook") == "yes")


def _outcome(form: Form, topic: str) -> TopicOutcome | None:
    achieved = form.value(f"achieved-{topic}")
    before, after = form.value(f"before-{topic}"), form.value(f"after-{topic}")
    if achieved not in {"yes", "no"}:
        form.add_error(f"achieved-{topic}", _("Say whether it was achieved."))
    levels = {"0": 0, "1": 1, "2": 2, "3": 3}
    if after not in levels:
        form.add_error(f"after-{topic}", _("Say how well they manage now."))
    if form.errors:
        return None
    return TopicOutcome(topic, achieved == "yes", levels.get(before, 0), levels[after])


def visitor_for_staff(booking_id: str, uow: SchedulingUnitOfWork) -> Visitor:
    """The booking with who comes, if the caller is its coach or in charge of its place; raises `NotFound`."""
    visitor = uow.listings.visitor(booking_id)
    if visitor is None:
        raise NotFound("There is no such booking; reload the day.")
    session_for_staff(visitor.session.session_id, uow)
    return visitor


def _choose_coach(uow: SchedulingUnitOfWork) -> Answer:
    code = municipality_for_staff(request.args.get("municipality"))
    coaches = uow.coaches.of_municipality(code) if code else []
    name = uow.programmes.municipality_name(code) if code else ""
    names = {} if code else uow.programmes.municipality_names()
    return show("choose_coach", coaches=coaches, municipality_name=name, municipality_names=names)


def _by_session(visitors: list[Visitor]) -> list[tuple[Any, list[Visitor]]]:
    grouped: dict[str, list[Visitor]] = {}
    for visitor in visitors:
        grouped.setdefault(visitor.session.session_id, []).append(visitor)
    return [(listed[0].session, listed) for listed in grouped.values()]


def _day_url(coach_id: str, on: date) -> str:
    own = current_actor().coach_id == coach_id
    return url_for("day_pages.show_day", date=on, coach_id=None if own else coach_id)
