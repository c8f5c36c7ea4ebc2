"""Programmes for staff: what each is made of, and how many cases are in each state."""

from datetime import date
from typing import Any

from babel.numbers import get_currency_precision
from flask import Blueprint, render_template
from flask_babel import format_currency

from services.registration.handlers.showing import local_today
from services.registration.pages import labels
from services.registration.storage.programmes import Programme
from web.access import Role, allow, current_actor, staff
from web.database import unit_of_work

overview = Blueprint("overview", __name__, template_folder="templates")


@overview.route("/programmes")
@allow(staff(Role.OPERATOR, Role.LEAD))
def list_programmes() -> str:
    """Every programme."""
    with unit_of_work() as uow:
        programmes = uow.programmes.all()
        totals = {each.programme_id: sum(uow.search.states(each.programme_id).values()) for each in programmes}
    return render_template("registration/overview.html", programmes=programmes, totals=totals, own=labels.own_language)


@overview.route("/programmes/<programme_id>")
@allow(staff(Role.OPERATOR, Role.LEAD))
def show_programme(programme_id: str) -> str:
    """One programme: its duties, help, reminders and money, and its cases by state."""
    with unit_of_work() as uow:
        programme = uow.programmes.get(programme_id)
        states = uow.search.states(programme_id, current_actor().municipality)
        today = local_today(programme, uow)
    return render_template(
        "registration/programme.html",
        programme=programme,
        states=states,
        days_left=(programme.last_day - today).days,
        subsidies=_subsidies(programme),
        duties=_duties(programme),
        days={name: _day(programme.definition[name]) for name in ("starts_on", "ends_on", "deadline")},
        labels=labels,
        own=labels.own_language,
    )


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _duties(programme: Programme) -> list[dict[str, Any]]:
    """Each duty with its prerequisites and grounds of exemption in words."""
    duties = programme.definition["obligations"]
    names = {duty["obligation_id"]: labels.own_language(duty["names"]) for duty in duties}
    return [
        {
            "names": duty["names"],
            "binds_on": _day(duty["binds_on"]),
            "after": ", ".join(names[needed] for needed in duty["requires"]),
            "grounds": ", ".join(labels.ground(slug) for slug in duty["exemption_grounds"]),
        }
        for duty in duties
    ]


def _subsidies(programme: Programme) -> list[tuple[str, str]]:
    money = programme.definition["money"]
    unit = 10 ** get_currency_precision(money["currency"])
    return [
        (form, str(format_currency(amount / unit, money["currency"])))
        for form, amount in money["subsidy_per_session"].items()
    ]
