"""An organisation's own seat, by its link: see it, choose another, cancel, ask again."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from messaging.refusals import Refusal
from services.scheduling.domain.refusals import NothingToCancel
from services.scheduling.domain.rows import FORMS
from services.scheduling.handlers.acting import case_of_link
from services.scheduling.handlers.seats import ask_again, choose_seat, give_up
from services.scheduling.handlers.showing import show_place
from services.scheduling.pages.frame import Answer, by_day, leaf_day, leaf_month, show, weekday
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork
from web.access import allow, by_link
from web.database import unit_of_work
from web.forms import Form
from web.language import use_language, use_time_zone
from web.paging import PageArgs, page_args_of_request
from web.wording import in_readers_words

own_seat = Blueprint("own_seat_pages", __name__, template_folder="templates", static_folder="static")

AT_A_GLANCE = PageArgs(limit=3)

for each in (leaf_month, leaf_day, weekday):
    own_seat.add_app_template_filter(each)


@own_seat.get("/case/<token>")
@allow(by_link)
def place(token: str) -> Answer:
    """Where the case stands."""
    with unit_of_work() as uow:
        case_id = case_of_link(token, "read", uow)
        return show("own_seat", token=token, **_facts(case_id, uow, page=AT_A_GLANCE))


@own_seat.get("/case/<token>/seats")
@allow(by_link)
def seats(token: str) -> Answer:
    """The free seats by day, page by page, to choose one."""
    form = request.args.get("form") if request.args.get("form") in FORMS else None
    with unit_of_work() as uow:
        case_id = case_of_link(token, "read", uow)
        facts = _facts(case_id, uow, page=page_args_of_request(), form=form)
    return show("own_seats", token=token, form=Form(), chosen_form=form, days=by_day(facts["shown"].free), **facts)


@own_seat.post("/case/<token>/seats")
@allow(by_link)
def choose(token: str) -> Answer | Response:
    """Take the seat that was chosen."""
    with unit_of_work() as uow:
        case_id = case_of_link(token, "change", uow)
        facts = _facts(case_id, uow)
        try:
            choose_seat(case_id, request.form.get("session_id", ""), uow)
        except Refusal as refusal:
            form = Form()
            form.refuse(refusal)
            facts = _facts(case_id, uow, page=PageArgs())
            days = by_day(facts["shown"].free)
            return show("own_seats", refused=True, token=token, form=form, chosen_form=None, days=days, **facts)
    flash(_("Your session is booked. You get a confirmation in a moment."))
    return redirect(url_for("own_seat_pages.place", token=token), 303)


@own_seat.get("/case/<token>/cancel")
@allow(by_link)
def ask_cancel(token: str) -> Answer:
    """Ask whether the seat, or the place in line, is really to be given up."""
    with unit_of_work() as uow:
        case_id = case_of_link(token, "read", uow)
        return show("own_cancel", token=token, **_facts(case_id, uow))


@own_seat.post("/case/<token>/cancel")
@allow(by_link)
def cancel(token: str) -> Response:
    """Give up the seat, or the place in line; whoever presses twice is told that it is done."""
    with unit_of_work() as uow:
        case_id = case_of_link(token, "change", uow)
        had = _facts(case_id, uow)["shown"]
        try:
            give_up(case_id, uow)
        except NothingToCancel:
            flash(_("It is done: you have no seat, and you do not stand in line."))
        except Refusal as refusal:
            _warn(refusal)
        else:
            flash(
                _("It is cancelled. Somebody else gets the seat; you can ask for a new one at any time.")
                if had.session
                else _("You no longer stand in line. You can ask for a seat again at any time.")
            )
    return redirect(url_for("own_seat_pages.place", token=token), 303)


@own_seat.post("/case/<token>/waiting")
@allow(by_link)
def wait_again(token: str) -> Response:
    """Ask for a seat after all."""
    with unit_of_work() as uow:
        case_id = case_of_link(token, "change", uow)
        _facts(case_id, uow)
        try:
            ask_again(case_id, uow)
        except Refusal as refusal:
            _warn(refusal)
    return redirect(url_for("own_seat_pages.place", token=token), 303)


def _warn(refusal: Refusal) -> None:
    flash(in_readers_words(str(refusal)), "warning")


def _facts(
    case_id: str, uow: SchedulingUnitOfWork, *, page: PageArgs | None = None, form: str | None = None
) -> dict[str, Any]:
    contact = uow.contacts.of_case(case_id)
    shown = show_place(case_id, uow, form=form, page=page)
    if contact and contact.language:
        use_language(contact.language)
    if shown.case:
        use_time_zone(shown.case.rules.zone.key)
    municipality = contact.municipality if contact else ""
    return {
        "contact": contact,
        "shown": shown,
        "rules": shown.case.rules if shown.case else None,
        "municipality_name": uow.programmes.municipality_name(municipality),
        "has_begun": bool(shown.booking and shown.booking.starts_at <= uow.now),
    }
