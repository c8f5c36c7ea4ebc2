"""The waiting list of a municipality, with each one's place and why they wait; and booking somebody in."""

from dataclasses import replace
from datetime import timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from messaging.refusals import Refusal
from services.scheduling.domain.refusals import NotFound
from services.scheduling.handlers.acting import case_for_staff, session_for_staff
from services.scheduling.handlers.seats import choose_seat
from services.scheduling.handlers.showing import free_seats
from services.scheduling.pages.frame import Answer, by_day, rules_of_place, show
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork
from web.access import Role, abort_unless_municipality, allow, current_actor, staff
from web.access_log import log_access
from web.database import unit_of_work
from web.forms import Form
from web.paging import page_args_of_request

waiting = Blueprint("waiting_pages", __name__, template_folder="templates")

LEADS = staff(Role.LEAD, Role.OPERATOR)
EVERYBODY = staff(Role.COACH, Role.LEAD, Role.OPERATOR)
ROWS = 50


@waiting.get("/municipality/<code>/waiting")
@allow(LEADS)
def line(code: str) -> Answer:
    """The line, in the order it is served."""
    abort_unless_municipality(code)
    with unit_of_work() as uow:
        rules = rules_of_place(code, uow)
        rows = uow.listings.line(code, request.args.get("after", 0, type=int), ROWS + 1)
        name = uow.programmes.municipality_name(code)
        log_access(uow, action="search", subject=f"waiting:{code}")
    following = str(rows[ROWS - 1].place) if len(rows) > ROWS else None
    return show("waiting", code=code, name=name, rules=rules, rows=rows[:ROWS], next=following)


@waiting.get("/cases/<case_id>/seat")
@allow(EVERYBODY)
def ask_seat(case_id: str) -> Answer:
    """The free seats for one case, also those that begin soon; for a coach those of the own sessions."""
    with unit_of_work() as uow:
        case_for_staff(case_id, "read", uow)
        return _choices(case_id, Form(), uow)


@waiting.post("/cases/<case_id>/seat")
@allow(EVERYBODY)
def book_in(case_id: str) -> Answer | Response:
    """Book the case in on its behalf."""
    session_id = request.form.get("session_id", "")
    with unit_of_work() as uow:
        case_for_staff(case_id, "change", uow)
        try:
            session = session_for_staff(session_id, uow)
            choose_seat(case_id, session_id, uow, by="staff")
        except Refusal as refusal:
            form = Form()
            form.refuse(refusal)
            page = _choices(case_id, form, uow)
            return page if isinstance(page, tuple) else (page, 422)
    flash(_("Booked. The organisation gets a confirmation."))
    return redirect(url_for("sessions_pages.show_session", session_id=session.session_id), 303)


def _choices(case_id: str, form: Form, uow: SchedulingUnitOfWork) -> Answer:
    case = uow.cases.in_hand(case_id)
    if case is None:
        raise NotFound("There is no such case.")
    rules = rules_of_place(case.municipality, uow)
    at_once = replace(case, rules=replace(case.rules, minimum_notice=timedelta()))
    booking = uow.bookings.live_of_case(case_id)
    session = uow.sessions.get(booking.session_id) if booking else None
    coach_id = current_actor().coach_id if current_actor().role is Role.COACH else None
    page = free_seats(at_once, uow, page_args_of_request(), coach_id=coach_id)
    return show(
        "book_in",
        case=case,
        rules=rules,
        form=form,
        contact=uow.contacts.of_case(case_id),
        days=by_day(page.items),
        next=page.next,
        booking=booking,
        may_cancel=bool(session and session.starts_at > uow.now and coach_id in {None, session.coach_id}),
        waiting_place=uow.line.place_of(case_id) if case.placement.state == "waiting" else None,
    )
