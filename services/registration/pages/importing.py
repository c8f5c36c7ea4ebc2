"""Importing the national register by hand, and the report of each import."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from messaging.refusals import Refusal
from services.registration.domain.register import COLUMNS
from services.registration.handlers.acting import done_by
from services.registration.handlers.receiving import receive_register
from services.registration.pages import labels
from web.access import Role, allow, staff
from web.access_log import log_access
from web.body_limit import accepts_up_to
from web.database import unit_of_work
from web.forms import WHOLE_FORM, Form
from web.paging import Page, page_args_of_request

importing = Blueprint("importing", __name__, template_folder="templates")

Answer = str | Response | tuple[str, int]


@importing.route("/imports", methods=["GET"])
@allow(staff(Role.OPERATOR))
def list_imports() -> Answer:
    """Send a register file, and the imports there were, newest first, page by page."""
    return _list_page(Form())


@importing.route("/imports", methods=["POST"])
@allow(staff(Role.OPERATOR))
@accepts_up_to(megabytes=1024)
def import_register() -> Answer:
    """Receive the file; the worker takes its rows."""
    form = Form({"programme_id": request.form.get("programme_id", "")})
    file = request.files.get("file")
    if file is None or not file.filename:
        form.add_error("file", "Choose a CSV file.")
    if not form.value("programme_id"):
        form.add_error("programme_id", "Choose a programme.")
    if form.is_valid and file is not None:
        try:
            with unit_of_work() as uow:
                log_access(uow, action="change", subject=f"register:{form.value('programme_id')}")
            run_id = receive_register(file.stream, form.value("programme_id"), done_by(), unit_of_work)
        except Refusal as refusal:
            form.add_error(refusal.field or WHOLE_FORM, labels.reason(str(refusal)))
        else:
            flash(_("The file is here. Its rows are being taken; this page shows how far it is."), "success")
            return redirect(url_for("importing.show_import", run_id=run_id))
    return _list_page(form), 422


@importing.route("/imports/<uuid:run_id>")
@allow(staff(Role.OPERATOR))
def show_import(run_id: UUID) -> Answer:
    """How far an import came, and which rows were refused and why."""
    args = page_args_of_request()
    with unit_of_work() as uow:
        run = uow.imports.get(str(run_id))
        name = labels.own_language(uow.programmes.get(run.programme_id).definition["names"])
        rows = uow.imports.refusal_page(str(run_id), args)
    page = Page.of(rows, args, lambda row: (row.line,))
    return render_template("registration/import.html", run=run, name=name, page=page, labels=labels)


def _list_page(form: Form) -> str:
    args = page_args_of_request()
    with unit_of_work() as uow:
        programmes = uow.programmes.all()
        rows = uow.imports.page(args)
    runs = Page.of(rows, args, lambda run: (run.run_id,))
    options = [(each.programme_id, labels.own_language(each.definition["names"])) for each in programmes]
    if len(options) == 1 and form.is_valid:
        form = Form({"programme_id": options[0][0]})
    return render_template(
        "registration/imports.html",
        form=form,
        programmes=options,
        names=dict(options),
        runs=runs,
        columns=COLUMNS,
        labels=labels,
    )
