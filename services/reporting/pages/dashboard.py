"""`/reporting/`: the national dashboard, and a page for each municipality; open to all."""

from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_timedelta
from flask import Blueprint, render_template, request
from flask.blueprints import BlueprintSetupState
from flask_babel import format_date, format_decimal, get_locale

from messaging.rebuilds import Rebuild
from services.reporting.domain.programme import Programme, ProgrammeNotFound
from services.reporting.domain.summary import Summary
from services.reporting.handlers import overview, rebuilding
from services.reporting.handlers.audience import sees_all
from services.reporting.pages import charts, labels, tiles
from services.reporting.storage.unit_of_work import ReportingUnitOfWork
from web.access import Role, allow, anyone, current_actor
from web.access_log import log_access
from web.database import unit_of_work
from web.language import use_time_zone

blueprint = Blueprint(
    "dashboard", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
)

_COMMENTS = 20

_FILTERS: dict[str, Any] = {
    "as_date": date.fromisoformat,
    "instant": datetime.fromisoformat,
    "month_name": lambda day: format_date(day, "LLL"),
    "level": lambda level: format_decimal(level, "0.0"),
    "ago": lambda seconds: format_timedelta(
        timedelta(seconds=min(-1, -seconds)), add_direction=True, locale=get_locale()
    ),
    "tenths": lambda seconds: format_decimal(seconds, "#,##0.0"),
}
"""The texts of the numbers' JSON as dates, and dates as short as a picture wants them."""

for _name, _filter in _FILTERS.items():
    blueprint.add_app_template_filter(_filter, _name)


@blueprint.record
def give_words(state: BlueprintSetupState) -> None:
    """Give the labels to every template of the service, macros too."""
    state.app.jinja_env.globals.update(labels=labels, recount_under_way=recount_under_way)


def recount_under_way() -> Rebuild | None:
    """The rebuild during which the numbers are not complete, if one is under way."""
    with unit_of_work() as uow:
        return rebuilding.recount(uow)


@blueprint.app_context_processor
def audience() -> dict[str, Any]:
    """Whether the page may tell of small cells."""
    return {"sees_all": sees_all()}


@blueprint.route("/", strict_slashes=False)
@blueprint.route("/dashboard")
@allow(anyone)
def show_dashboard() -> str:
    """The programme's numbers, told in words, pictures and tables."""
    with unit_of_work() as uow:
        known = overview.programmes(uow)
        if not known:
            return render_template("reporting/empty.html")
        programme = chosen(known)
        summary = overview.national_summary(programme, uow, sees_all=sees_all())
        delivery = uow.figures.delivery() if current_actor().is_staff else None
        now = uow.now
    return render_template(
        "reporting/dashboard.html",
        programme=programme,
        programmes=known,
        numbers=summary,
        delivery=delivery,
        now=now,
        **pictures(summary),
        share_map=tiles.share_map(summary["municipalities"]),
        short_map=tiles.short_map(summary["municipalities"]),
    )


@blueprint.route("/municipalities/<code>")
@allow(anyone)
def show_municipality(code: str) -> str:
    """One municipality: what it has done, what it lacks, and its weeks of seats."""
    with unit_of_work() as uow:
        known = overview.programmes(uow)
        programme = chosen(known, country=code.partition("-")[0])
        view = overview.municipal_view(programme, code, uow, sees_all=sees_all())
        comments = _comments(uow, programme, code)
        now = uow.now
    return render_template(
        "reporting/municipality.html",
        programme=programme,
        view=view,
        place=view.place,
        national=view.national,
        numbers=view.summary or view.national,
        comments=comments,
        now=now,
        **pictures(view.summary or view.national, view.place),
    )


def chosen(known: list[Programme], country: str | None = None) -> Programme:
    """The programme asked for, else the latest one (of the country)."""
    wish = request.args.get("programme")
    for programme in known:
        if programme.programme_id == wish or (wish is None and country in {None, programme.country}):
            use_time_zone(programme.time_zone)
            return programme
    raise ProgrammeNotFound("There is no such programme; choose one on the dashboard.")


def pictures(summary: Summary, place: dict[str, Any] | None = None) -> dict[str, Any]:
    """The geometry of a summary's pictures; a municipality outsiders look at only has its groups."""
    counted, cases = summary["counted"], summary["cases"]
    states, total = cases["states"], cases["total"]
    order: tuple[str, ...] = charts.STATE_ORDER
    if place is not None and summary["municipality"] is None:
        states, total, order = place["groups"], place["cases"], charts.GROUP_ORDER
    target, today = date.fromisoformat(counted["target"]), date.fromisoformat(counted["day"])
    return {
        "states": states,
        "total": total,
        "state_order": order,
        "bar": charts.stacked(states, total, order),
        "curve": charts.day_curve(summary["registrations"]["days"], target, today),
    }


def _comments(uow: ReportingUnitOfWork, programme: Programme, code: str) -> list[dict[str, Any]]:
    """What organisations wrote, for those whose municipality it is."""
    actor = current_actor()
    if actor.role not in {Role.OPERATOR, Role.LEAD} or not actor.may_see_municipality(code):
        return []
    comments = uow.surveys.comments(programme.programme_id, code, _COMMENTS)
    if comments:
        log_access(uow, action="read", subject=f"survey_comments:{code}")
    return [{**each, "answered_on": programme.day_of(each["answered_at"])} for each in comments]
