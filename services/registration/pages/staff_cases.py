"""Cases for staff: searching, one case with its history, and acting on an organisation's behalf."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from messaging.refusals import Refusal
from services.registration import handlers
from services.registration.domain.words import DECIDED, EXEMPT
from services.registration.handlers.acting import case_for_staff, done_by
from services.registration.handlers.showing import CaseView, show_case
from services.registration.pages import labels
from services.registration.pages.answers import contact_form, contact_of, inventory_answers, inventory_form
from services.registration.schemas.cases import ContactSchema
from services.registration.schemas.forms import ClosureForm
from services.registration.storage.search import CaseFilter
from web.access import Role, allow, current_actor, staff
from web.access_log import log_access
from web.database import unit_of_work
from web.forms import Form
from web.paging import Page, page_args_of_request

staff_cases = Blueprint("staff_cases", __name__, template_folder="templates")

Answer = str | Response | tuple[str, int]
CASE_STAFF = staff(Role.OPERATOR, Role.LEAD)
ANSWERING_STAFF = staff(Role.OPERATOR, Role.LEAD, Role.COACH)
"""A coach too: who walks in is asked at the desk."""


@staff_cases.route("/cases")
@allow(CASE_STAFF)
def search() -> Answer:
    """Look for cases."""
    args = page_args_of_request()
    asked = {name: request.args.get(name) or None for name in ("programme_id", "municipality", "state", "words")}
    if current_actor().municipality is not None:
        asked["municipality"] = current_actor().municipality
    if asked["state"] not in labels.STATES:
        asked["state"] = None
    with unit_of_work() as uow:
        programmes = uow.programmes.all()
        places = {code: name for country in ("dk", "se") for code, name in uow.places.of(country).names.items()}
        rows = uow.search.page(CaseFilter(**asked), args)
        log_access(uow, action="search", subject="cases")
    page = Page.of(rows, args, lambda row: (row.case_id,))
    options = [(each.programme_id, labels.own_language(each.definition["names"])) for each in programmes]
    return render_template(
        "registration/cases.html", page=page, form=Form(asked), programmes=options, places=places, labels=labels
    )


@staff_cases.route("/cases/<uuid:case_id>")
@allow(CASE_STAFF)
def show(case_id: UUID) -> Answer:
    """One case with its history."""
    view = _view(case_id, "read")
    return _case_page(view, Form({"state": EXEMPT} if view.programme.exemption_grounds else {}))


@staff_cases.route("/cases/<uuid:case_id>/closure", methods=["POST"])
@allow(CASE_STAFF)
def close(case_id: UUID) -> Answer:
    """End the case by decision."""
    view = _view(case_id, "change")
    form = Form.read(ClosureForm())
    is_exempt = form.value("state") == EXEMPT
    if is_exempt and form.value("ground") not in view.programme.exemption_grounds:
        field = "ground" if view.programme.exemption_grounds else "state"
        form.add_error(field, "Choose one of the programme's grounds for an exemption.")
    if form.is_valid:
        reason = form.data["ground"] if is_exempt else form.data["reason"]
        wish = handlers.CloseCase(
            case_id=str(case_id),
            ending=form.data["state"],
            reason=reason or DECIDED,
            evidence=form.data["evidence"],
            done_by=done_by(),
        )
        if _done(form, lambda uow: handlers.close_case(wish, uow)):
            flash(_("The case is ended."), "success")
            return redirect(url_for("staff_cases.show", case_id=case_id))
    return _case_page(view, form), 422


@staff_cases.route("/cases/<uuid:case_id>/link", methods=["POST"])
@allow(CASE_STAFF)
def replace_link(case_id: UUID) -> Answer:
    """Replace the organisation's link and send it the new one."""
    view = _view(case_id, "change")
    form = Form()
    if _done(form, lambda uow: handlers.replace_link(str(case_id), done_by(), uow)):
        flash(_("The organisation gets a new link. The old one no longer works."), "success")
        return redirect(url_for("staff_cases.show", case_id=case_id))
    return _case_page(view, form), 422


@staff_cases.route("/cases/<uuid:case_id>/erase", methods=["GET"])
@allow(staff(Role.OPERATOR))
def ask_erasure(case_id: UUID) -> Answer:
    """Say what erasing means, before it happens."""
    return render_template("registration/erase.html", view=_view(case_id, "read"))


@staff_cases.route("/cases/<uuid:case_id>/erase", methods=["POST"])
@allow(staff(Role.OPERATOR))
def erase(case_id: UUID) -> Answer:
    """Remove the organisation's personal data everywhere."""
    _view(case_id, "erase")
    with unit_of_work() as uow:
        handlers.erase_case(str(case_id), done_by(), uow)
    flash(_("The personal data are erased. The case stays counted."), "success")
    return redirect(url_for("staff_cases.show", case_id=case_id))


@staff_cases.route("/cases/<uuid:case_id>/inventory", methods=["GET"])
@allow(ANSWERING_STAFF)
def ask_inventory(case_id: UUID) -> Answer:
    """The skills inventory, asked on the phone or at the desk."""
    view = _view(case_id, "read")
    return _inventory_page(view, inventory_form(view.case))


@staff_cases.route("/cases/<uuid:case_id>/inventory", methods=["POST"])
@allow(ANSWERING_STAFF)
def answer_inventory(case_id: UUID) -> Answer:
    """Keep the answers."""
    view = _view(case_id, "change")
    form, answers = inventory_answers(view.programme)
    about = {"case_id": str(case_id), **vars(answers), "done_by": done_by()}
    if form.is_valid and _done(form, lambda uow: handlers.assess_case(**about, uow=uow)):
        flash(_("The answers are kept."), "success")
        page = "walk_in.show_answered" if current_actor().role is Role.COACH else "staff_cases.show"
        return redirect(url_for(page, case_id=case_id))
    return _inventory_page(view, form), 422


@staff_cases.route("/cases/<uuid:case_id>/contact", methods=["GET"])
@allow(CASE_STAFF)
def ask_contact(case_id: UUID) -> Answer:
    """The contact data as they are."""
    view = _view(case_id, "read")
    return _contact_page(view, contact_form(view.contact))


@staff_cases.route("/cases/<uuid:case_id>/contact", methods=["POST"])
@allow(CASE_STAFF)
def change_contact(case_id: UUID) -> Answer:
    """Keep new contact data."""
    view = _view(case_id, "change")
    form = Form.read(ContactSchema())
    contact = contact_of(form, view.programme.country, has_address=view.has_address)
    if form.is_valid and _done(form, lambda uow: handlers.change_contact(str(case_id), contact, done_by(), uow)):
        flash(_("The contact data are changed."), "success")
        return _after_change(case_id)
    return _contact_page(view, form), 422


def _after_change(case_id: UUID) -> Response:
    """To the case, or to the others where it has moved out of the reader's municipality."""
    with unit_of_work() as uow:
        is_theirs = current_actor().may_see_municipality(uow.cases.get(str(case_id)).municipality)
    if is_theirs:
        return redirect(url_for("staff_cases.show", case_id=case_id))
    flash(_("The new postcode lies in another municipality: the case is there from now on."), "info")
    return redirect(url_for("staff_cases.search"))


def _done(form: Form, act: Any) -> bool:
    """Whether it went through; what the domain declines stands beside its field."""
    try:
        with unit_of_work() as uow:
            act(uow)
    except Refusal as refusal:
        form.refuse(refusal)
    return form.is_valid


def _view(case_id: UUID, action: str) -> CaseView:
    with unit_of_work() as uow:
        case_for_staff(str(case_id), action, uow)
        return show_case(str(case_id), uow)


def _case_page(view: CaseView, form: Form) -> str:
    with unit_of_work() as uow:
        history = uow.history.of_case(view.case.case_id)
        achievements = uow.search.achievements(view.case.case_id)
    return render_template(
        "registration/case.html",
        view=view,
        form=form,
        history=history,
        achievements=achievements,
        labels=labels,
        own=labels.own_language,
        may_erase=current_actor().role is Role.OPERATOR,
    )


def _inventory_page(view: CaseView, form: Form) -> str:
    return render_template(
        "registration/inventory.html", view=view, form=form, labels=labels, own=labels.own_language, **_on_behalf(view)
    )


def _contact_page(view: CaseView, form: Form) -> str:
    return render_template("registration/contact.html", view=view, form=form, labels=labels, **_on_behalf(view))


def _on_behalf(view: CaseView) -> dict[str, Any]:
    is_coach = current_actor().role is Role.COACH
    back = "/scheduling/day" if is_coach else url_for("staff_cases.show", case_id=view.case.case_id)
    return {"action": request.path, "back": back, "on_behalf": True}
