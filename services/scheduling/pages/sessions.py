"""One session: who comes, cancelling it; and opening a course."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response

from messaging.reach import FIRST, LAST
from messaging.refusals import Refusal
from services.scheduling.domain.programme import LEVELS
from services.scheduling.domain.rows import LANGUAGES
from services.scheduling.handlers.acting import (
    abort_unless_place_of,
    coach_for_staff,
    done_by,
    fence_at,
    note_changed,
    session_for_staff,
)
from services.scheduling.handlers.courses import CourseWish, open_course
from services.scheduling.handlers.sessions import cancel_session
from services.scheduling.pages import words
from services.scheduling.pages.frame import Answer, rules_of_place, show
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork
from web.access import Role, allow, staff
from web.access_log import log_access
from web.database import unit_of_work
from web.forms import WHOLE_FORM, Form

sessions = Blueprint("sessions_pages", __name__, template_folder="templates")

EVERYBODY = staff(Role.COACH, Role.LEAD, Role.OPERATOR)
_DRAWN_AS = {"starts_at": "time", "topics": "date"}
"""Where the form shows what the course has under another name: what a coach may teach depends on the day."""


class CancelFormSchema(Schema):
    """Why a session is cancelled."""

    reason = fields.String(required=True, validate=validate.OneOf(list(words.CANCEL_REASONS)))


class CourseFormSchema(Schema):
    """A course, its time as people write it where it takes place."""

    date = fields.Date(required=True, validate=validate.Range(FIRST, LAST))
    time = fields.Time(required=True)
    venue_id = fields.String(required=True)
    room = fields.String(load_default="", validate=validate.Length(max=60))
    level = fields.String(required=True, validate=validate.OneOf(LEVELS))
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    seats = fields.Integer(load_default=0, validate=validate.Range(1, 200))


@sessions.get("/sessions/<session_id>")
@allow(EVERYBODY)
def show_session(session_id: str) -> Answer:
    """One session with everybody who has a seat."""
    with unit_of_work() as uow:
        return _session(session_id, Form(), uow)


@sessions.post("/sessions/<session_id>/cancel")
@allow(EVERYBODY)
def cancel(session_id: str) -> Answer | Response:
    """Cancel it; owners are told and put back first in line."""
    form = Form.read(CancelFormSchema())
    with unit_of_work() as uow:
        session = session_for_staff(session_id, uow)
        if form.is_valid:
            try:
                note_changed(cancel_session(session_id, form.data["reason"], uow), uow)
            except Refusal as refusal:
                form.refuse(refusal)
        if not form.is_valid:
            return _session(session_id, form, uow, refused=True)
    flash(_("The session is cancelled. Everybody who had a seat is told and stands first in line."))
    return redirect(url_for("sessions_pages.show_session", session_id=session.session_id), 303)


@sessions.get("/coach/<coach_id>/course")
@allow(EVERYBODY)
def ask_course(coach_id: str) -> Answer:
    """The form to open a course."""
    with unit_of_work() as uow:
        return show("course", form=Form({"seats": ""}), **_course_facts(coach_id, "read", uow))


@sessions.post("/coach/<coach_id>/course")
@allow(EVERYBODY)
def open_(coach_id: str) -> Answer | Response:
    """Open a course."""
    form = Form.read(CourseFormSchema())
    with unit_of_work() as uow:
        facts = _course_facts(coach_id, "change", uow)
        if form.is_valid:
            abort_unless_place_of(facts["coach"], form.data["venue_id"], uow)
    if form.is_valid:
        try:
            with unit_of_work() as uow:
                session_id = open_course(_wish(coach_id, form.data, facts["rules"]), done_by(), uow)
        except Refusal as refusal:  # the hours that had given way are as they were
            form.add_error(_beside(refusal.field), str(refusal))
    if not form.is_valid:
        return show("course", refused=True, form=form, **facts)
    flash(_("The course is open. Who waits for it gets a seat now."))
    return redirect(url_for("sessions_pages.show_session", session_id=session_id), 303)


def _session(session_id: str, form: Form, uow: SchedulingUnitOfWork, *, refused: bool = False) -> Answer:
    session = session_for_staff(session_id, uow)
    rules = rules_of_place(session.municipality, uow)
    visitors = uow.listings.visitors_of_session(session_id)
    for visitor in visitors:
        log_access(uow, action="read", subject=f"case:{visitor.case_id}")
    may_cancel = session.state == "open" and session.starts_at > uow.now
    facts = {"session": session, "rules": rules, "visitors": visitors, "form": form, "may_cancel": may_cancel}
    return show("session", refused=refused, today=rules.today(uow.now), **facts)


def _course_facts(coach_id: str, action: str, uow: SchedulingUnitOfWork) -> dict[str, Any]:
    coach = coach_for_staff(coach_id, action, uow)
    rules = rules_of_place(coach.municipalities[0], uow)
    fence = fence_at(coach)
    places = [code for code in coach.municipalities if fence in {None, code}]
    venues = [venue for code in places for venue in uow.venues.of_municipality(code)]
    options = [(venue.venue_id, venue.name) for venue in venues]
    return {"coach": coach, "rules": rules, "venue_options": options}


def _beside(field: str | None) -> str:
    """The drawn field that a refused course is told beside; what no field shows stands above the form."""
    name = _DRAWN_AS.get(field or WHOLE_FORM, field)
    return name if name in CourseFormSchema().fields else WHOLE_FORM


def _wish(coach_id: str, data: dict[str, Any], rules: Any) -> CourseWish:
    starts_at = datetime.combine(data["date"], data["time"], rules.zone)
    return CourseWish(
        programme_id=rules.programme_id,
        coach_id=coach_id,
        venue_id=data["venue_id"],
        starts_at=starts_at,
        level=data["level"],
        language=data["language"],
        room=data["room"],
        seats=data["seats"],
    )
