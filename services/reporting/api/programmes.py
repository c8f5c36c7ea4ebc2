"""`/reporting/api/programmes`: a programme's numbers with the positions they were counted at."""

from typing import Any

from flask import Response

from services.reporting import schemas
from services.reporting.api import csv_files
from services.reporting.domain.programme import Programme
from services.reporting.domain.summary import Summary
from services.reporting.handlers import overview
from services.reporting.handlers.audience import sees_all
from services.reporting.handlers.rebuilding import refuse_while_incomplete
from web.access import allow, anyone
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work

blueprint = ApiBlueprint(
    "programmes", __name__, url_prefix="/programmes", description="Numbers, counted when asked for."
)


@blueprint.route("")
@allow(anyone)
@blueprint.response(200, schemas.ProgrammeSchema(many=True))
def list_programmes() -> list[Programme]:
    """The programmes that are reported on, the latest first."""
    with unit_of_work() as uow:
        return overview.programmes(uow)


@blueprint.route("/<programme_id>/summary")
@allow(anyone)
@blueprint.arguments(schemas.SummaryQuerySchema, location="query")
@blueprint.response(200, schemas.SummarySchema)
def show_summary(query: dict[str, Any], programme_id: str) -> Summary:
    """All numbers of a programme, or of one municipality; outsiders do not see small cells."""
    with unit_of_work() as uow:
        refuse_while_incomplete(uow)
        programme = overview.find_programme(programme_id, uow)
        if query["municipality"] is None:
            return overview.national_summary(programme, uow, sees_all=sees_all())
        view = overview.municipal_view(programme, query["municipality"], uow, sees_all=sees_all())
        return view.summary or _published(view)


@blueprint.route("/<programme_id>/municipalities")
@allow(anyone)
@blueprint.response(200, schemas.MunicipalitiesSchema)
def list_municipalities(programme_id: str) -> Summary:
    """Every municipality with its cases, seats and satisfaction."""
    return _national(programme_id)


@blueprint.route("/<programme_id>/municipalities.csv")
@allow(anyone)
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
def download_municipalities(programme_id: str) -> Response:
    """The same as CSV; each row ends with the positions it was counted at."""
    return csv_files.municipalities_csv(_national(programme_id), f"{programme_id}-municipalities")


@blueprint.route("/<programme_id>/registrations.csv")
@allow(anyone)
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
def download_registrations(programme_id: str) -> Response:
    """Registrations by local day beside the model, as CSV; each row ends with the positions it was counted at."""
    return csv_files.registrations_csv(_national(programme_id), f"{programme_id}-registrations")


@blueprint.route("/<programme_id>/states.csv")
@allow(anyone)
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
def download_states(programme_id: str) -> Response:
    """Cases by state with their total, as CSV; each row ends with the positions it was counted at."""
    return csv_files.states_csv(_national(programme_id), f"{programme_id}-states")


def _national(programme_id: str) -> Summary:
    with unit_of_work() as uow:
        refuse_while_incomplete(uow)
        return overview.national_summary(overview.find_programme(programme_id, uow), uow, sees_all=sees_all())


def _published(view: overview.MunicipalView) -> Summary:
    """What outsiders are told of one municipality: its row, and where there are free seats."""
    place = view.place
    nothing: dict[str, Any] = {name: {} for name in ("registrations", "bookings", "messages", "money")}
    answers = {name: place[name] for name in ("answered", "satisfied", "satisfied_share")}
    seats = {name: value for name, value in place.items() if name.startswith("seats_")}
    return {
        **view.national,
        **nothing,
        "municipality": place["code"],
        "cases": {"total": place["cases"], "groups": place["groups"]},
        "seats": {**seats, "until": view.national["seats"]["until"]},
        "seat_weeks": view.seat_weeks,
        "waits": [],
        "topics": [],
        "surveys": answers,
        "municipalities": [place],
    }
