"""Registering in two short steps, without an account: the number, then how to reach the organisation."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from messaging.refusals import Refusal
from services.registration import handlers
from services.registration.domain.case import Case
from services.registration.domain.contact import Contact
from services.registration.domain.numbers import checked_number, organisation_id_of
from services.registration.handlers.acting import done_by, may_reopen, on_behalf_of, registered_by
from services.registration.handlers.showing import local_today
from services.registration.pages import labels
from services.registration.pages.answers import contact_of
from services.registration.pages.walk_in import page_of_coach
from services.registration.schemas.forms import DetailsForm, NumberForm
from services.registration.storage.cases import Organisation
from services.registration.storage.programmes import Programme
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from web.access import Role, allow, anyone, current_actor
from web.access_log import log_access
from web.database import unit_of_work
from web.forms import Form
from web.language import current_language

registering = Blueprint("registering", __name__, template_folder="templates")

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Known:
    """What the register or an earlier visit tells of an organisation; never how to reach it."""

    case: Case | None = None
    organisation: Organisation | None = None
    municipality_name: str | None = None
    has_registered: bool = False
    has_address: bool = False


@registering.route("/register")
@allow(anyone)
def choose_programme() -> Answer:
    """Which programme to register for; with only one there is nothing to choose."""
    with unit_of_work() as uow:
        programmes = uow.programmes.all()
        over = {each.programme_id for each in programmes if _is_over(each, uow)}
    if len(programmes) == 1:
        return redirect(url_for("registering.ask_number", programme_id=programmes[0].programme_id))
    return render_template("registration/programmes.html", programmes=programmes, over=over, own=labels.own_language)


@registering.route("/register/<programme_id>", methods=["GET"])
@allow(anyone)
def ask_number(programme_id: str) -> Answer:
    """The first step: the organisation's number, filled in for whoever comes from its own page."""
    with unit_of_work() as uow:
        programme = uow.programmes.get(programme_id)
        return _number_page(programme, Form({"number": request.args.get("number", "")}), uow)


@registering.route("/register/<programme_id>", methods=["POST"])
@allow(anyone)
def check_number(programme_id: str) -> Answer:
    """Check the number and go on with what is known of its organisation."""
    form = Form.read(NumberForm())
    with unit_of_work() as uow:
        programme = uow.programmes.get(programme_id)
        try:
            number = checked_number(programme.country, form.data.get("number", "")) if form.is_valid else ""
        except Refusal as refusal:
            form.refuse(refusal)
        if not form.is_valid:
            return _number_page(programme, form, uow), 422
        known = _known(number, programme, uow)
        places = _places_to_choose(programme, known, None, uow)
    if known.case and known.has_registered:
        return _registered_before(known.case, programme, number)
    return _details_page(programme, _prefilled(number, known, programme), known, places)


@registering.route("/register/<programme_id>/details", methods=["POST"])
@allow(anyone)
def register(programme_id: str) -> Answer:
    """The second step: register, and go on to the questions."""
    form = Form.read(DetailsForm())
    places: list[tuple[str, str]] = []
    known = Known()
    with unit_of_work() as uow:
        programme = uow.programmes.get(programme_id)
        try:
            number = checked_number(programme.country, form.value("number"))
            known = _known(number, programme, uow)
            places = _places_to_choose(programme, known, form.value("postcode"), uow)
        except Refusal as refusal:
            form.refuse(refusal)
    contact = contact_of(form, programme.country, has_address=known.has_address)
    _ask_where(form, programme, known, places)
    if form.is_valid:
        try:
            return _registered({**form.data, "number": number}, contact, programme, known)
        except Refusal as refusal:
            form.refuse(refusal)
    return _details_page(programme, form, known, places), 422


def _registered(data: dict[str, Any], contact: Contact, programme: Programme, known: Known) -> Answer:
    wish = handlers.RegisterOrganisation(
        programme_id=programme.programme_id,
        number=data["number"],
        kind=data["kind"],
        contact=contact,
        municipality=known.organisation.municipality if known.organisation else data["municipality"],
        help_forms=[form for form in data["help_forms"] if form in programme.help_forms],
        registered_by=registered_by(),
        done_by=done_by(),
        may_reopen=may_reopen,
    )
    with unit_of_work() as uow:
        result = handlers.register_organisation(wish, uow)
        case_id = result.case.case_id
        log_access(uow, action="change", subject=f"case:{case_id}", on_behalf_of=on_behalf_of(case_id))
    if result.token is None:
        if current_actor().is_staff:
            flash(_("This organisation was registered before; nothing was changed."), "info")
        return _registered_before(result.case, programme, data["number"])
    flash(_("You are registered.") if not current_actor().is_staff else _("The organisation is registered."), "success")
    if current_actor().role is Role.COACH and not _is_coach_of(result.case):
        flash(_("It belongs to another municipality, whose staff can go on with it. It was sent its own link."), "info")
    if current_actor().is_staff:
        return redirect(_page_of_staff(result.case))
    return redirect(url_for("own_case.ask_inventory", token=result.token))


def _registered_before(case: Case, programme: Programme, number: str) -> Answer:
    """Staff who may see the case are led to it; all others are told no more than that its link can be sent."""
    actor = current_actor()
    if _is_coach_of(case):
        return redirect(page_of_coach(case))
    if actor.role in {Role.OPERATOR, Role.LEAD} and actor.may_see_municipality(case.municipality):
        return redirect(url_for("staff_cases.search", words=number))
    return render_template("registration/known.html", programme=programme, number=number, own=labels.own_language)


def _page_of_staff(case: Case) -> str:
    """Where a member of staff goes on: to the case, if it is theirs to see."""
    actor = current_actor()
    if actor.role is Role.COACH:
        return page_of_coach(case) if _is_coach_of(case) else "/scheduling/day"
    if actor.may_see_municipality(case.municipality):
        return url_for("staff_cases.show", case_id=case.case_id)
    return url_for("staff_cases.search")


def _is_coach_of(case: Case) -> bool:
    """Whether a coach is signed in, and the case is in the coach's municipality."""
    return current_actor().role is Role.COACH and current_actor().may_see_municipality(case.municipality)


def _ask_where(form: Form, programme: Programme, known: Known, places: list[tuple[str, str]]) -> None:
    """Where the organisation is must be told in the field that the page has for it."""
    if known.organisation is not None or form.value("municipality") or form.value("postcode").strip():
        return
    if programme.country == "dk":
        form.add_error("postcode", "Write the postcode.")
    elif places:
        form.add_error("municipality", "Choose a municipality from the list.")


def _known(number: str, programme: Programme, uow: RegistrationUnitOfWork) -> Known:
    organisation = uow.cases.organisation(organisation_id_of(programme.country, number))
    if organisation is None:
        return Known()
    case = uow.cases.find(organisation.organisation_id, programme.programme_id)
    kept = uow.contacts.find(case.case_id) if case else None
    is_open_to_anybody = case is None or case.may_be_registered(by_staff=may_reopen(case.municipality))
    return Known(
        case=case,
        organisation=organisation,
        municipality_name=uow.places.of(programme.country).names.get(organisation.municipality),
        has_registered=not is_open_to_anybody,
        has_address=kept is not None and bool(kept.contact.address) and case is not None and case.registered_by is None,
    )


def _places_to_choose(
    programme: Programme, known: Known, postcode: str | None, uow: RegistrationUnitOfWork
) -> list[tuple[str, str]]:
    """Municipalities to choose from: none while a postcode will tell, some where it lies in several, else all."""
    if known.organisation is not None:
        return []
    places = uow.places.of(programme.country)
    if not places.postcodes:
        return list(places.names.items())
    if not postcode:
        return []
    found = places.of_postcode(postcode)
    if len(found) == 1:
        return []
    return [(place.municipality, place.name) for place in found] or list(places.names.items())


def _prefilled(number: str, known: Known, programme: Programme) -> Form:
    organisation = known.organisation
    return Form(
        {
            "number": number,
            "name": organisation.name if organisation else "",
            "kind": organisation.kind if organisation else "",
            "channel": "email",
            "language": current_language(),
            "help_forms": programme.help_forms,
        }
    )


def _number_page(programme: Programme, form: Form, uow: RegistrationUnitOfWork) -> str:
    facts = {"programme": programme, "form": form, "is_over": _is_over(programme, uow), "own": labels.own_language}
    return render_template("registration/number.html", **facts)


def _is_over(programme: Programme, uow: RegistrationUnitOfWork) -> bool:
    """Whether its deadline has passed; help goes on."""
    return programme.has_deadline and local_today(programme, uow) > programme.last_day


def _details_page(programme: Programme, form: Form, known: Known, places: list[tuple[str, str]]) -> str:
    return render_template(
        "registration/details.html",
        programme=programme,
        form=form,
        known=known,
        places=places,
        labels=labels,
        own=labels.own_language,
        on_behalf=current_actor().is_staff,
        next_step=request.path,
    )
