"""The organisation's own pages, by its own link: where it stands, what is left, changing and leaving."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from messaging.refusals import Refusal
from services.registration import handlers
from services.registration.domain.numbers import checked_number, organisation_id_of
from services.registration.handlers.acting import case_of_link, done_by
from services.registration.handlers.showing import CaseView, show_own_case
from services.registration.pages import labels
from services.registration.pages.answers import contact_form, contact_of, inventory_answers, inventory_form
from services.registration.schemas.cases import ContactSchema
from services.registration.schemas.forms import FindCaseForm
from web.access import allow, anyone, by_link
from web.database import unit_of_work
from web.forms import Form
from web.language import use_language, use_time_zone
from web.wording import in_readers_words

own_case = Blueprint("own_case", __name__, template_folder="templates")

Answer = str | Response | tuple[str, int]


@own_case.route("/case/<token>")
@allow(by_link)
def show(token: str) -> Answer:
    """Where the organisation stands and what is left to do."""
    view = _view(token, "read")
    return render_template(
        "registration/own_case.html",
        **_frame(view, token),
        show_seat=_has_place(view),
        is_looked_for=_is_looked_for(view),
        register_at=_where_to_register(view),
    )


@own_case.route("/case/<token>/inventory", methods=["GET"])
@allow(by_link)
def ask_inventory(token: str) -> Answer:
    """The skills inventory."""
    view = _view(token, "read")
    if register_at := _where_to_register(view):
        return redirect(register_at)
    return _inventory_page(view, token, inventory_form(view.case))


@own_case.route("/case/<token>/inventory", methods=["POST"])
@allow(by_link)
def answer_inventory(token: str) -> Answer:
    """Keep the answers and show what comes next."""
    view = _view(token, "change")
    form, answers = inventory_answers(view.programme)
    if form.is_valid:
        try:
            with unit_of_work() as uow:
                handlers.assess_case(view.case.case_id, **vars(answers), done_by=done_by(), uow=uow)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("Thank you. Your answers are kept."), "success")
            return redirect(url_for("own_case.show", token=token))
    return _inventory_page(view, token, form), 422


@own_case.route("/case/<token>/contact", methods=["GET"])
@allow(by_link)
def ask_contact(token: str) -> Answer:
    """The contact data as they are."""
    view = _view(token, "read")
    return _contact_page(view, token, contact_form(view.contact))


@own_case.route("/case/<token>/contact", methods=["POST"])
@allow(by_link)
def change_contact(token: str) -> Answer:
    """Keep new contact data."""
    view = _view(token, "change")
    form = Form.read(ContactSchema())
    contact = contact_of(form, view.programme.country, has_address=view.has_address)
    if form.is_valid:
        try:
            with unit_of_work() as uow:
                handlers.change_contact(view.case.case_id, contact, done_by(), uow)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("Your contact data are changed."), "success")
            return redirect(url_for("own_case.show", token=token))
    return _contact_page(view, token, form), 422


@own_case.route("/case/<token>/withdraw", methods=["GET"])
@allow(by_link)
def ask_withdrawal(token: str) -> Answer:
    """Say what withdrawing means, before it happens."""
    view = _view(token, "read")
    if _where_to_register(view):
        return redirect(url_for("own_case.show", token=token))
    return render_template("registration/withdraw.html", **_frame(view, token))


@own_case.route("/case/<token>/withdraw", methods=["POST"])
@allow(by_link)
def withdraw(token: str) -> Answer:
    """Leave the programme."""
    view = _view(token, "change")
    try:
        with unit_of_work() as uow:
            handlers.withdraw_case(view.case.case_id, done_by(), uow)
    except Refusal as refusal:
        flash(in_readers_words(str(refusal)), "warning")
    else:
        flash(_("You have withdrawn. You can register again at any time."), "success")
    return redirect(url_for("own_case.show", token=token))


@own_case.route("/case/<token>/register-again", methods=["POST"])
@allow(by_link)
def register_again(token: str) -> Answer:
    """Open the withdrawn case again, and go on to the questions."""
    view = _view(token, "change")
    with unit_of_work() as uow:
        handlers.register_again(view.case.case_id, done_by(), uow)
    flash(_("You are registered."), "success")
    return redirect(url_for("own_case.ask_inventory", token=token))


@own_case.route("/find-case", methods=["GET"])
@allow(anyone)
def find() -> Answer:
    """Ask for one's link."""
    return _find_page(Form({"programme_id": request.args.get("programme_id", "")}))


@own_case.route("/find-case", methods=["POST"])
@allow(anyone)
def send_link() -> Answer:
    """Send the link to the address that is known; the answer is the same whether or not there is a case."""
    form = Form.read(FindCaseForm())
    if form.is_valid:
        try:
            _send(form.data["programme_id"], form.data["number"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return render_template("registration/link_sent.html")
    return _find_page(form), 422


def _send(programme_id: str, number: str) -> None:
    with unit_of_work() as uow:
        programme = uow.programmes.get(programme_id)
        organisation_id = organisation_id_of(programme.country, checked_number(programme.country, number))
        case = uow.cases.find(organisation_id, programme_id, lock=True)
        if case is not None and case.registered_by is not None:
            handlers.send_link_again(case, done_by(), uow)


def _find_page(form: Form) -> str:
    with unit_of_work() as uow:
        programmes = uow.programmes.all()
    options = [(each.programme_id, labels.own_language(each.definition["names"])) for each in programmes]
    if len(options) == 1 and not form.value("programme_id"):
        form = Form({"programme_id": options[0][0]}) if form.is_valid else form
    return render_template("registration/find_case.html", form=form, programmes=options)


def _view(token: str, action: str) -> CaseView:
    with unit_of_work() as uow:
        view = show_own_case(case_of_link(token, action, uow), uow)
    if view.contact:
        use_language(view.contact.language)
    use_time_zone(view.programme.definition["time_zone"])
    return view


def _frame(view: CaseView, token: str) -> dict[str, Any]:
    return {"view": view, "token": token, "labels": labels, "own": labels.own_language}


def _where_to_register(view: CaseView) -> str | None:
    """Where an organisation that was never heard from begins, with its number filled in; None when it has registered."""
    if view.case.registered_by is not None or not view.case.may_be_registered(by_staff=False):
        return None
    number = view.organisation.number if view.organisation else None
    return url_for("registering.ask_number", programme_id=view.programme.programme_id, number=number)


def _has_place(view: CaseView) -> bool:
    return view.case.levels is not None and not view.case.has_ended and bool(view.case.topics)


def _is_looked_for(view: CaseView) -> bool:
    return view.case.state == "assessed" and bool(view.case.topics) and view.case.placement_sequence == 0


def _inventory_page(view: CaseView, token: str, form: Form) -> str:
    action = url_for("own_case.answer_inventory", token=token)
    return render_template("registration/inventory.html", **_frame(view, token), form=form, action=action)


def _contact_page(view: CaseView, token: str, form: Form) -> str:
    action = url_for("own_case.change_contact", token=token)
    return render_template("registration/contact.html", **_frame(view, token), form=form, action=action)
