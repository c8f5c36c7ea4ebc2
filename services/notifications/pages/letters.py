"""`/notifications/letters`: the batches to print, and letters that came back."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from messaging.refusals import Refusal
from services.notifications import handlers
from services.notifications.pages.frame import any_programme, show, use_zone_of
from services.notifications.schemas import ReturnSchema
from web.access import Role, abort_unless_municipality, allow, current_actor, staff
from web.access_log import log_access
from web.database import unit_of_work
from web.forms import Form
from web.paging import Page, page_args_of_request

letters = Blueprint("letters_pages", __name__, template_folder="templates")

READERS = staff(Role.OPERATOR, Role.LEAD)


@letters.get("/letters")
@allow(READERS)
def list_letters() -> str:
    """The batches, for operators to download; and a form for who holds a letter that came back."""
    return _page(Form())


@letters.post("/letters/returned")
@allow(READERS)
def return_letter() -> Response | tuple[str, int]:
    """A letter came back."""
    form = Form.read(ReturnSchema())
    if form.is_valid:
        reference = str(form.data["reference"])
        try:
            with unit_of_work() as uow:
                found = uow.overview.get(reference)
                if found:
                    abort_unless_municipality(found.municipality)
                handlers.return_letter(reference, uow)
                log_access(uow, action="change", subject=f"message:{reference}")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("Noted. The address is not used any more; another way is tried if there is one."))
            return redirect(url_for("letters_pages.list_letters"), 303)
    return _page(form), 422


def _page(form: Form) -> str:
    page, may_print = page_args_of_request(), current_actor().role is Role.OPERATOR
    with unit_of_work() as uow:
        rows = uow.letter_batches.page(page.after, page.rows) if may_print else []
        waiting = uow.overview.backlog()["letters"] if may_print else None
        use_zone_of(any_programme(uow))
    found = Page.of(rows, page, lambda each: (each.created_at.isoformat(), each.batch_id))
    return show("letters", found=found, may_print=may_print, waiting=waiting, form=form)
