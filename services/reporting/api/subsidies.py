"""`/reporting/api/programmes/<id>/subsidies`: what a municipality's sessions earned, each with its event."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from services.reporting import schemas
from services.reporting.api.csv_files import csv_response
from services.reporting.domain.programme import MunicipalityNotFound
from services.reporting.handlers import overview
from services.reporting.handlers.audience import READ, own_or
from services.reporting.handlers.rebuilding import refuse_while_incomplete
from services.reporting.handlers.subsidies import subsidy_lines, subsidy_page
from web.access import Role, allow, key, staff
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work
from web.paging import Page, PageArgs, page_args, page_schema

blueprint = ApiBlueprint("subsidies", __name__, url_prefix="/programmes", description="Money, line by line.")

COLUMNS = ("session_id", "event_id", "form", "starts_at", "seats", "attended", "earned", "paid")


class SubsidyQuerySchema(Schema):
    """Whose lines; a lead may leave it out."""

    municipality = fields.String(load_default=None, metadata={"description": "as dk-0101"})


@blueprint.route("/<programme_id>/subsidies")
@allow(staff(Role.OPERATOR, Role.LEAD), key(READ, fenced=True))
@blueprint.arguments(SubsidyQuerySchema, location="query")
@blueprint.arguments(page_args, location="query")
@blueprint.response(200, page_schema(schemas.SubsidyLineSchema))
def list_subsidies(query: dict[str, Any], args: PageArgs, programme_id: str) -> Page[dict[str, Any]]:
    """A municipality's sessions held, the newest first: what each earned and what of it is paid, in minor units."""
    municipality = _own_or_named(query["municipality"])
    with unit_of_work() as uow:
        refuse_while_incomplete(uow)
        return subsidy_page(overview.find_programme(programme_id, uow), municipality, args, uow)


@blueprint.route("/<programme_id>/subsidies.csv")
@allow(staff(Role.OPERATOR, Role.LEAD), key(READ, fenced=True))
@blueprint.arguments(SubsidyQuerySchema, location="query")
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
def download_subsidies(query: dict[str, Any], programme_id: str) -> Response:
    """All of them as CSV, in the order they were held."""
    municipality = _own_or_named(query["municipality"])
    with unit_of_work() as uow:
        refuse_while_incomplete(uow)
        rows = subsidy_lines(overview.find_programme(programme_id, uow), municipality, uow)
    return csv_response(f"{programme_id}-subsidies", COLUMNS, ([row[column] for column in COLUMNS] for row in rows))


def _own_or_named(asked_for: str | None) -> str:
    municipality = own_or(asked_for)
    if municipality is None:
        raise MunicipalityNotFound("Say which municipality, as ?municipality=dk-0101.", field="municipality")
    return municipality
