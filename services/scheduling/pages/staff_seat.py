"""A case's seat by staff, on the organisation's behalf: cancel it, leave the line, ask again."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from messaging.refusals import Refusal
from services.scheduling.handlers.acting import case_for_staff, is_own_municipality, place_for_staff
from services.scheduling.handlers.seats import ask_again, give_up
from services.scheduling.handlers.showing import ShownPlace, show_place
from services.scheduling.pages.frame import Answer, rules_of_place, show
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork
from web.access import Role, allow, current_actor, staff
from web.database import unit_of_work
from web.forms import Form

staff_seat = Blueprint("staff_seat_pages", __name__, template_folder="templates")


@staff_seat.get("/cases/<case_id>/seat/cancel")
@allow(staff(Role.COACH, Role.LEAD, Role.OPERATOR))
def ask_cancel(case_id: str) -> Answer:
    """Ask whether the seat, or the place in line, is really to be given up."""
    with unit_of_work() as uow:
        place_for_staff(case_id, "read", uow)
        return _cancel_page(case_id, Form(), uow)


@staff_seat.post("/cases/<case_id>/seat/cancel")
@allow(staff(Role.COACH, Role.LEAD, Role.OPERATOR))
def cancel(case_id: str) -> Answer | Response:
    """Give up the seat, or the place in line, on the organisation's behalf."""
    form = Form()
    with unit_of_work() as uow:
        place_for_staff(case_id, "change", uow)
        shown = show_place(case_id, uow)
        try:
            give_up(case_id, uow, by="staff")
        except Refusal as refusal:
            form.refuse(refusal)
            return _cancel_page(case_id, form, uow, refused=True)
    if shown.session:
        flash(_("The seat is cancelled. The organisation is told, and the next in line gets the seat."))
    else:
        flash(_("The organisation no longer stands in line."))
    return redirect(_way_on(case_id, shown), 303)


@staff_seat.post("/cases/<case_id>/seat/again")
@allow(staff(Role.LEAD, Role.OPERATOR))
def wait_again(case_id: str) -> Response:
    """Ask for a seat on the organisation's behalf: the earliest that fits, or a place in line."""
    with unit_of_work() as uow:
        case_for_staff(case_id, "change", uow)
        ask_again(case_id, uow)
        has_seat = show_place(case_id, uow).booking is not None
    booked, waits = (
        _("Booked. The organisation gets a confirmation."),
        _("No seat fits yet; the organisation stands in line."),
    )
    flash(booked if has_seat else waits)
    return redirect(url_for("waiting_pages.ask_seat", case_id=case_id), 303)


def _cancel_page(case_id: str, form: Form, uow: SchedulingUnitOfWork, *, refused: bool = False) -> Answer:
    shown = show_place(case_id, uow)
    rules_of_place(shown.case.municipality if shown.case else None, uow)
    contact = uow.contacts.of_case(case_id)
    back = _way_on(case_id, shown)
    return show("cancel_seat", refused=refused, case_id=case_id, shown=shown, contact=contact, form=form, back=back)


def _way_on(case_id: str, shown: ShownPlace) -> str:
    """The case's seat for who is in charge of the case, else the session that it has or had a seat in."""
    is_lead = current_actor().role is not Role.COACH and shown.case and is_own_municipality(shown.case.municipality)
    if is_lead or shown.session is None:
        return url_for("waiting_pages.ask_seat", case_id=case_id)
    return url_for("sessions_pages.show_session", session_id=shown.session.session_id)
