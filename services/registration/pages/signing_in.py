"""Staff sign in by a link in a mail, without a password, and out."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from services.registration import handlers
from services.registration.schemas.forms import SignInForm
from web.access import Role, allow, anyone, current_actor
from web.database import unit_of_work
from web.forms import Form
from web.language import current_language
from web.navigation import local_path
from web.staff_session import forget_session, session_version, start_staff_session

signing_in = Blueprint("signing_in", __name__, template_folder="templates")

Answer = str | Response | tuple[str, int]

_NEXT = "sign_in_next"
_HOME = {Role.COACH: "/scheduling/day", Role.LEAD: "/registration/cases", Role.OPERATOR: "/registration/cases"}


@signing_in.route("/sign-in", methods=["GET"])
@allow(anyone)
def ask_email() -> Answer:
    """Ask for the address that the link goes to."""
    return render_template("registration/sign_in.html", form=Form({"next": request.args.get("next", "")}))


@signing_in.route("/sign-in", methods=["POST"])
@allow(anyone)
def send_link() -> Answer:
    """Send a link; the answer is the same whether or not the address is somebody's."""
    form = Form.read(SignInForm())
    if not form.is_valid:
        return render_template("registration/sign_in.html", form=form), 422
    session[_NEXT] = local_path(form.data["next"], "")
    with unit_of_work() as uow:
        handlers.request_sign_in(form.data["email"], current_language(), uow)
    return render_template("registration/sign_in_sent.html")


@signing_in.route("/sign-in/<token>", methods=["GET"])
@allow(anyone)
def confirm(token: str) -> Answer:
    """Ask to go on: mail programs open links by themselves, and opening must not use the link up."""
    with unit_of_work() as uow:
        member = uow.staff.who_may_spend(uow.links.hash(token))
    page = render_template("registration/sign_in_confirm.html", member=member)
    return page if member is not None else (page, 410)


@signing_in.route("/sign-in/<token>", methods=["POST"])
@allow(anyone)
def sign_in(token: str) -> Answer:
    """Use the link up and sign in."""
    ahead = session.get(_NEXT)
    with unit_of_work() as uow:
        member = handlers.spend_sign_in(token, uow)
        version = session_version(member.staff_id, uow.connection)
    role = Role(member.role)
    start_staff_session(
        staff_id=member.staff_id,
        role=role,
        name=member.name,
        municipality=member.municipality,
        coach_id=member.coach_id,
        version=version,
    )
    return redirect(ahead or _HOME[role])


@signing_in.route("/sign-out", methods=["POST"])
@allow(anyone)
def sign_out() -> Answer:
    """Sign out, everywhere."""
    actor = current_actor()
    if actor.is_staff and actor.actor_id:
        with unit_of_work() as uow:
            handlers.end_staff_sessions(actor.actor_id, uow)
    forget_session()
    return redirect(url_for("signing_in.ask_email"))
