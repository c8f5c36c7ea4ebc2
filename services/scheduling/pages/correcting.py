"""Correcting what was recorded of a booking, with the reason: by the municipality's lead or an operator."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from messaging.refusals import Refusal
from services.scheduling.handlers.acting import done_by, session_to_correct
from services.scheduling.handlers.correcting import correct_attendance
from services.scheduling.pages.day import record_page, said_in, visitor_for_staff
from services.scheduling.pages.frame import Answer
from services.scheduling.storage.listings import Visitor
from web.access import Role, allow, staff
from web.access_log import log_access
from web.database import unit_of_work
from web.forms import Form

correcting = Blueprint("correcting_pages", __name__, template_folder="templates")

LONGEST_REASON = 500


@correcting.post("/bookings/<booking_id>/correction")
@allow(staff(Role.LEAD, Role.OPERATOR))
def correct(booking_id: str) -> Answer | Response:
    """They came after all, or achieved more than was recorded."""
    form = Form(request.form.to_dict())
    with unit_of_work() as uow:
        visitor = visitor_for_staff(booking_id, uow)
        session_to_correct(visitor.session.session_id, uow)
    said, reason = said_in(form, visitor), form.value("reason").strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        form.add_error("reason", _("Say why it is corrected, in at most 500 characters."))
    if form.is_valid:
        try:
            with unit_of_work() as uow:
                correct_attendance(booking_id, said, uow, by=done_by(), reason=reason)
                log_access(uow, action="change", subject=f"case:{visitor.case_id}")
        except Refusal as refusal:  # a seat that had given way is as it was
            form.refuse(refusal)
    if not form.is_valid:
        return _refused(visitor, form)
    flash(_("Corrected."))
    return redirect(url_for("day_pages.ask_attendance", booking_id=booking_id), 303)


def _refused(visitor: Visitor, form: Form) -> Answer:
    with unit_of_work() as uow:
        return record_page(visitor, form, uow, refused=True)
