"""Capacity for leads and operators: the country's municipalities, and the week of one."""

from datetime import timedelta

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from services.scheduling.handlers.acting import is_in_charge
from services.scheduling.pages.frame import Answer, asked_day, rules_of_place, show, week_of
from web.access import Role, abort_unless_municipality, allow, current_actor, staff
from web.database import unit_of_work

municipality = Blueprint("municipality_pages", __name__, template_folder="templates")

LEADS = staff(Role.LEAD, Role.OPERATOR)
LOOK_AHEAD = timedelta(days=13)


@municipality.get("/capacity")
@allow(LEADS)
def country() -> Answer | Response:
    """Seats, takings and waiting of every municipality in the next two weeks; a lead is shown their own week."""
    own = current_actor().municipality
    if own:
        return redirect(url_for("municipality_pages.week", code=own))
    with unit_of_work() as uow:
        rules = rules_of_place(None, uow)
        today = rules.today(uow.now)
        rows = uow.listings.country(today, today + LOOK_AHEAD)
    totals = {name: sum(getattr(row, name) for row in rows) for name in ("seats", "taken", "waiting")}
    return show("country", rows=rows, totals=totals, first=today, last=today + LOOK_AHEAD)


@municipality.get("/municipality/<code>")
@allow(LEADS)
def week(code: str) -> Answer:
    """A municipality's sessions of one week."""
    abort_unless_municipality(code)
    with unit_of_work() as uow:
        rules = rules_of_place(code, uow)
        today = rules.today(uow.now)
        days = week_of(asked_day(request.args.get("date"), today))
        sessions = uow.listings.sessions(code, days[0], days[-1])
        waiting = uow.listings.waiting(code)
        coaches = uow.coaches.of_municipality(code)
        name = uow.programmes.municipality_name(code)
    live = [session for session in sessions if session.state != "cancelled"]
    return show(
        "week",
        code=code,
        name=name,
        rules=rules,
        today=today,
        days=[(day, [session for session in sessions if session.day == day]) for day in days],
        seats=sum(session.seats for session in live),
        taken=sum(session.taken for session in live),
        waiting=waiting,
        coaches=coaches,
        is_in_charge=is_in_charge,
        step=timedelta(days=7),
    )
