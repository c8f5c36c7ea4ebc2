"""`/reporting/api/reports`: interim reports, frozen with what they were counted from."""

from dataclasses import asdict, replace
from typing import Any

from flask import Response

from services.reporting import schemas
from services.reporting.api import csv_files
from services.reporting.domain.report import digest
from services.reporting.handlers import reports
from services.reporting.handlers.audience import WRITE, sees_all
from services.reporting.storage.reports import FrozenReport
from web.access import Role, allow, anyone, current_actor, key, staff
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work
from web.idempotency import idempotent
from web.paging import Page, PageArgs, page_args, page_schema

blueprint = ApiBlueprint("reports", __name__, url_prefix="/reports", description="Numbers that no longer change.")


@blueprint.route("", methods=["POST"])
@allow(staff(Role.OPERATOR), key(WRITE))
@idempotent
@blueprint.arguments(schemas.FreezeSchema)
@blueprint.response(201, schemas.ReportSchema)
def freeze_report(wish: dict[str, str]) -> dict[str, Any]:
    """Freeze a programme's numbers, with the position of each producer's events that they were counted at."""
    with unit_of_work() as uow:
        frozen = reports.freeze_report(wish["programme_id"], current_actor().actor_id or "", uow)
        return _with_numbers(frozen)


@blueprint.route("")
@allow(anyone)
@blueprint.arguments(schemas.FreezeSchema, location="query")
@blueprint.arguments(page_args, location="query")
@blueprint.response(200, page_schema(schemas.ReportListSchema))
def list_reports(query: dict[str, str], args: PageArgs) -> Page[FrozenReport]:
    """The reports of a programme, newest first, page by page."""
    with unit_of_work() as uow:
        found: Page[FrozenReport] = uow.reports.newest(query["programme_id"], args)
    return found if sees_all() else replace(found, items=[replace(frozen, sha256=None) for frozen in found.items])


@blueprint.route("/<report_id>")
@allow(anyone)
@blueprint.response(200, schemas.ReportSchema)
def show_report(report_id: str) -> dict[str, Any]:
    """A report with its numbers; outsiders do not see small cells."""
    return _with_numbers(_find(report_id))


@blueprint.route("/<report_id>/content")
@allow(anyone)
@blueprint.response(200, {"type": "object"})
def show_content(report_id: str) -> Response:
    """The frozen text itself, byte for byte, small cells hidden from outsiders: its SHA-256 is the one they are told."""
    return Response(_text(_find(report_id)), content_type="application/json; charset=utf-8")


@blueprint.route("/<report_id>/municipalities.csv")
@allow(anyone)
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
def download_municipalities(report_id: str) -> Response:
    """The report's table of municipalities as CSV; each row ends with the positions it was counted at."""
    return csv_files.municipalities_csv(_numbers(report_id), f"report-{report_id}-municipalities")


@blueprint.route("/<report_id>/registrations.csv")
@allow(anyone)
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
def download_registrations(report_id: str) -> Response:
    """The report's registrations by day as CSV; each row ends with the positions it was counted at."""
    return csv_files.registrations_csv(_numbers(report_id), f"report-{report_id}-registrations")


@blueprint.route("/<report_id>/states.csv")
@allow(anyone)
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
def download_states(report_id: str) -> Response:
    """The report's cases by state as CSV; each row ends with the positions it was counted at."""
    return csv_files.states_csv(_numbers(report_id), f"report-{report_id}-states")


def _find(report_id: str) -> FrozenReport:
    with unit_of_work() as uow:
        return reports.find_report(report_id, uow)


def _text(frozen: FrozenReport) -> str:
    return reports.text_of(frozen, sees_all=sees_all())


def _numbers(report_id: str) -> dict[str, Any]:
    return reports.numbers_of(_text(_find(report_id)))


def _with_numbers(frozen: FrozenReport) -> dict[str, Any]:
    text = _text(frozen)
    return {**asdict(frozen), "sha256": digest(text), "numbers": reports.numbers_of(text)}
