"""An organisation that walks in at a coach's: once it is registered, its questions are asked, then it gets a seat."""

from uuid import UUID

from flask import Blueprint, render_template, url_for

from services.registration.domain.case import Case
from services.registration.handlers.acting import case_for_staff
from services.registration.handlers.showing import show_case
from services.registration.pages import labels
from web.access import Role, allow, staff
from web.database import unit_of_work

walk_in = Blueprint("walk_in", __name__, template_folder="templates")


@walk_in.route("/cases/<uuid:case_id>/answered")
@allow(staff(Role.COACH, Role.LEAD, Role.OPERATOR))
def show_answered(case_id: UUID) -> str:
    """What a coach sees of a case of the own municipality: that its questions are answered, and the way to a seat."""
    with unit_of_work() as uow:
        case_for_staff(str(case_id), "read", uow)
        view = show_case(str(case_id), uow)
    return render_template("registration/answered.html", view=view, labels=labels)


def page_of_coach(case: Case) -> str:
    """Where a coach goes on with a case: to its questions until they are answered, then to its seat."""
    needs_answers = case.levels is None and not case.has_ended
    return url_for("staff_cases.ask_inventory" if needs_answers else "walk_in.show_answered", case_id=case.case_id)
