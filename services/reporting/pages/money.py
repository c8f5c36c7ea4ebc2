"""`/reporting/money`: what the sessions earned, municipality by municipality and line by line; for operators and leads."""

from flask import Blueprint, render_template, request

from services.reporting.domain.programme import Programme
from services.reporting.handlers import overview
from services.reporting.handlers.audience import own_or
from services.reporting.handlers.subsidies import subsidy_page
from services.reporting.pages.dashboard import chosen
from services.reporting.storage.unit_of_work import ReportingUnitOfWork
from web.access import Role, allow, staff
from web.database import unit_of_work
from web.paging import page_args_of_request

blueprint = Blueprint("money", __name__, template_folder="templates")


@blueprint.route("/money")
@allow(staff(Role.OPERATOR, Role.LEAD))
def show_money() -> str:
    """Subsidies of all municipalities for an operator; a lead is shown its own, line by line."""
    with unit_of_work() as uow:
        known = overview.programmes(uow)
        if not known:
            return render_template("reporting/empty.html")
        programme = chosen(known)
        return _money(programme, known, own_or(request.args.get("municipality")), uow)


def _money(programme: Programme, known: list[Programme], code: str | None, uow: ReportingUnitOfWork) -> str:
    numbers = overview.national_summary(programme, uow, sees_all=True)
    if code is None:
        return render_template("reporting/money.html", programme=programme, programmes=known, numbers=numbers)
    place = overview.find_place(numbers, code)
    found = subsidy_page(programme, code, page_args_of_request(), uow)
    return render_template("reporting/money_lines.html", programme=programme, place=place, numbers=numbers, found=found)
