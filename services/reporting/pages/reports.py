"""`/reporting/reports`: interim reports, to read, print and download."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.reporting.domain.programme import Programme
from services.reporting.domain.report import digest
from services.reporting.handlers import overview, reports
from services.reporting.handlers.audience import sees_all
from services.reporting.pages.dashboard import chosen, pictures
from web.access import Role, allow, anyone, current_actor, staff
from web.database import unit_of_work
from web.language import use_time_zone
from web.paging import page_args_of_request

blueprint = Blueprint("reports_pages", __name__, template_folder="templates")


@blueprint.route("/reports")
@allow(anyone)
def list_reports() -> str:
    """The reports there are, newest first, page by page; operators may freeze a new one."""
    with unit_of_work() as uow:
        known = overview.programmes(uow)
        if not known:
            return render_template("reporting/empty.html")
        programme = chosen(known)
        found = uow.reports.newest(programme.programme_id, page_args_of_request())
    may_freeze = current_actor().role is Role.OPERATOR
    return render_template(
        "reporting/reports.html", programme=programme, programmes=known, reports=found, may_freeze=may_freeze
    )


@blueprint.route("/reports", methods=["POST"])
@allow(staff(Role.OPERATOR))
def freeze_report() -> Response:
    """Freeze the numbers of this moment and show them."""
    with unit_of_work() as uow:
        frozen = reports.freeze_report(request.form.get("programme", ""), current_actor().actor_id or "", uow)
    return redirect(url_for("reports_pages.show_report", report_id=frozen.report_id), 303)


@blueprint.route("/reports/<report_id>")
@allow(anyone)
def show_report(report_id: str) -> str:
    """A report, laid out for paper."""
    with unit_of_work() as uow:
        frozen = reports.find_report(report_id, uow)
    text = reports.text_of(frozen, sees_all=sees_all())
    numbers = reports.numbers_of(text)
    use_time_zone(numbers["programme"]["time_zone"])
    programme = Programme(frozen.programme_id, numbers["programme"])
    return render_template(
        "reporting/report.html",
        frozen=frozen,
        fingerprint=digest(text),
        numbers=numbers,
        programme=programme,
        **pictures(numbers),
    )
