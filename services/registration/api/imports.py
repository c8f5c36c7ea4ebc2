"""Importing the national register over HTTP: the file as a stream, and the report of what was refused."""

import csv
import io
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Response, request, stream_with_context, url_for

from services.registration.handlers.acting import done_by
from services.registration.handlers.receiving import receive_register
from services.registration.schemas.setup import ImportRunSchema, RefusedRowSchema
from web.access import Role, allow, key, staff
from web.access_log import log_access
from web.api_blueprint import ApiBlueprint
from web.body_limit import accepts_up_to
from web.database import unit_of_work
from web.paging import Page, PageArgs, page_args, page_schema
from web.spreadsheets import cells

imports = ApiBlueprint("imports", __name__, description="Importing the national register.")

IMPORTERS = (staff(Role.OPERATOR), key("register:import"))
_AT_ONCE = 1_000


@imports.route("/programmes/<programme_id>/register", methods=["POST"])
@allow(*IMPORTERS)
@accepts_up_to(megabytes=1024)
@imports.doc(requestBody={"content": {"text/csv": {"schema": {"type": "string"}}}, "required": True})
@imports.response(202, ImportRunSchema)
def import_register(programme_id: str) -> Any:
    """Send the register as CSV: number,kind,name,address,postcode,city,municipality. The worker takes the rows."""
    with unit_of_work() as uow:
        log_access(uow, action="change", subject=f"register:{programme_id}")
    run_id = receive_register(request.stream, programme_id, done_by(), unit_of_work)
    with unit_of_work() as uow:
        location = url_for("imports.read_import", run_id=run_id)
        return uow.imports.get(run_id), 202, {"Location": location}


@imports.route("/imports", methods=["GET"])
@allow(*IMPORTERS)
@imports.arguments(page_args, location="query")
@imports.response(200, page_schema(ImportRunSchema))
def list_imports(args: PageArgs) -> Page[Any]:
    """The imports, the newest first."""
    with unit_of_work() as uow:
        rows = uow.imports.page(args)
    return Page.of(rows, args, lambda run: (run.run_id,))


@imports.route("/imports/<uuid:run_id>", methods=["GET"])
@allow(*IMPORTERS)
@imports.response(200, ImportRunSchema)
def read_import(run_id: UUID) -> Any:
    """How far an import came."""
    with unit_of_work() as uow:
        return uow.imports.get(str(run_id))


@imports.route("/imports/<uuid:run_id>/refusals", methods=["GET"])
@allow(*IMPORTERS)
@imports.arguments(page_args, location="query")
@imports.response(200, page_schema(RefusedRowSchema))
def list_refusals(args: PageArgs, run_id: UUID) -> Page[Any]:
    """The rows that were refused, and how to mend each."""
    with unit_of_work() as uow:
        uow.imports.get(str(run_id))
        rows = uow.imports.refusal_page(str(run_id), args)
    return Page.of(rows, args, lambda row: (row.line,))


@imports.route("/imports/<uuid:run_id>/refusals.csv", methods=["GET"])
@allow(*IMPORTERS)
@imports.response(200, content_type="text/csv")
def export_refusals(run_id: UUID) -> Response:
    """The same as a CSV file."""
    with unit_of_work() as uow:
        uow.imports.get(str(run_id))
        log_access(uow, action="export", subject=f"import:{run_id}")
    headers = {"Content-Disposition": f'attachment; filename="refused-{run_id}.csv"'}
    return Response(stream_with_context(_csv(str(run_id))), content_type="text/csv; charset=utf-8", headers=headers)


def _csv(run_id: str) -> Iterator[str]:
    yield "line,number,field,reason\n"
    last_line = 0
    while True:
        with unit_of_work() as uow:
            rows = uow.imports.refusals(run_id, last_line, _AT_ONCE)
        if not rows:
            return
        last_line = rows[-1].line
        page = io.StringIO()
        csv.writer(page, lineterminator="\n").writerows(cells((r.line, r.number, r.field, r.reason)) for r in rows)
        yield page.getvalue()
