"""`/<service>/staff/parked`: the messages that a service gave up on, for national operators; the same in every service.

Nothing here depends on scripts: ticking, filtering, trying again and giving up are plain forms.
"""

from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import get_timezone, lazy_gettext
from flask_babel import gettext as _
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response

from messaging import parked
from messaging.clock import machine_now
from messaging.masking import show_masked, show_openly
from messaging.parked import Choice
from messaging.reach import FIRST, LAST
from messaging.unit_of_work import UnitOfWork
from web.access import Role, allow, current_actor, staff
from web.access_log import log_access
from web.database import unit_of_work
from web.forms import Form
from web.paging import Page, PageArgs, page_args_of_request

blueprint = Blueprint("parked_pages", __name__, url_prefix="/staff/parked")

OPERATORS = staff(Role.OPERATOR)
SERVICES = {
    "registration": lazy_gettext("Registration"),
    "scheduling": lazy_gettext("Scheduling"),
    "notifications": lazy_gettext("Notifications"),
    "reporting": lazy_gettext("Reporting"),
}
"""Each service's own page, and what it is called there."""
STATES = {
    "parked": (lazy_gettext("Parked"), "warning"),
    "replayed": (lazy_gettext("Tried again"), "info"),
    "discarded": (lazy_gettext("Given up"), "neutral"),
    "applied": (lazy_gettext("Took effect"), "success"),
}
"""Each with the kind of its tag."""
LONGEST_SHOWN = 20_000
"""Characters of a body or a stack that are shown; `frist parked show` has no limit."""


_DAY = validate.Range(FIRST, LAST)


class FilterSchema(Schema):
    """Which messages: the query of the list, and the hidden fields of its forms."""

    type = fields.String(load_default=None)
    reason = fields.String(load_default=None)
    subject = fields.String(load_default=None)
    since = fields.Date(load_default=None, validate=_DAY)
    until = fields.Date(load_default=None, validate=_DAY)


class ChosenSchema(FilterSchema):
    """Which messages are meant: the ticked ones, or all that the filter chose when the page was made."""

    which = fields.String(load_default="ticked", validate=validate.OneOf(["ticked", "all"]))
    number = fields.List(fields.Integer())
    upto = fields.Integer(load_default=None)
    why = fields.String(load_default="", validate=validate.Length(max=500))


@blueprint.get("")
@allow(OPERATORS)
def list_parked() -> str:
    """What is parked: filters, counts by reason, and the messages themselves."""
    return _list(Form())


@blueprint.post("/replay")
@allow(OPERATORS)
def replay() -> Response | tuple[str, int]:
    """Try messages again, now; those that nobody can read stay."""
    form = Form.read(ChosenSchema())
    with unit_of_work() as uow:
        numbers = _numbers(form, uow)
        if not form.is_valid:
            return _list(form), 422
        done = parked.replay(uow.connection, numbers, machine_now(), _who())
    flash(_("Tried again now: %(count)s. What fails again comes back here.", count=done.messages))
    if done.unreadable:
        flash(
            _("Not readable, so they cannot be tried again: %(count)s. Give them up.", count=len(done.unreadable)),
            "warning",
        )
    return redirect(_back(form), 303)


@blueprint.post("/discard")
@allow(OPERATORS)
def discard() -> Response | tuple[str, int]:
    """Give messages up for good; why, who and when is kept with them."""
    form = Form.read(ChosenSchema())
    if not form.value("why").strip():
        form.add_error("why", _("Say why they are given up; it is kept with them."))
    with unit_of_work() as uow:
        numbers = _numbers(form, uow)
        if not form.is_valid:
            return _list(form), 422
        given_up = parked.discard(uow.connection, numbers, form.data["why"], _who())
    flash(_("Given up: %(count)s.", count=given_up))
    return redirect(_back(form), 303)


@blueprint.get("/<int:number>")
@allow(OPERATORS)
def show_parked(number: int) -> str:
    """One message: why it is here, its envelope and its stack. Personal data is shown on demand, and that is logged."""
    is_revealed = request.args.get("reveal") == "yes"
    with unit_of_work() as uow:
        message = parked.show(uow.connection, number)
        shown = show_openly(message.body) if is_revealed else show_masked(message.body)
        if is_revealed:
            log_access(uow, action="read", subject=shown.about or f"parked:{number}")
    return render_template(
        "parked_message.html",
        message=message,
        shown=shown,
        longest=LONGEST_SHOWN,
        state=STATES[message.state],
        form=Form(),
        service_name=_service_name(),
    )


def _list(chosen: Form) -> str:
    asked = Form.read(FilterSchema(), request.args if request.method == "GET" else request.form)
    page = page_args_of_request() if request.method == "GET" else PageArgs()
    choice = _choice(asked)
    with unit_of_work() as uow:
        everything = parked.count_parked(uow.connection)
        counts = parked.count_parked(uow.connection, choice)
        after = page.after[0] if page.after and isinstance(page.after[0], int) else 0
        rows = parked.list_parked(uow.connection, choice, after=after, limit=page.rows)
    return render_template(
        "parked.html",
        filter=asked,
        form=chosen,
        is_filtered=choice != Choice(),
        counts=counts,
        total=sum(count.messages for count in counts),
        upto=max((count.newest for count in counts), default=0),
        types=[(name, name) for name in sorted({count.type for count in everything})],
        found=Page.of(rows, page, lambda each: (each.parked_id,)),
        services=SERVICES,
        service_name=_service_name(),
        at_once=parked.AT_ONCE,
    )


def _numbers(form: Form, uow: UnitOfWork) -> list[int]:
    """The numbers that a form means; notes on the form when it means none."""
    if form.data.get("which") == "all":
        return parked.numbers_of(uow.connection, _choice(form))
    numbers = [int(number) for number in form.data.get("number", [])]
    if not numbers:
        form.add_error("ticked", _("Tick at least one message."))
    return numbers


def _choice(form: Form) -> Choice:
    since, until = form.data.get("since"), form.data.get("until")
    return Choice(
        type_name=form.data.get("type"),
        reason=form.data.get("reason"),
        subject=form.data.get("subject"),
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until else None,
        upto=form.data.get("upto"),
    )


def _midnight(day: Any) -> datetime:
    """When a local day begins. The zones of Flask-Babel are pytz's, which only `localize` reckons with."""
    midnight: datetime = get_timezone().localize(datetime.combine(day, time()))
    return midnight


def _back(form: Form) -> str:
    kept: dict[str, Any] = {name: form.value(name) for name in FilterSchema().fields if form.value(name)}
    return url_for("parked_pages.list_parked", **kept)


def _who() -> str:
    return f"staff:{current_actor().actor_id}"


def _service_name() -> str:
    name: str = current_app.config["FRIST_NAME"]
    return str(SERVICES.get(name, name))
