"""Programmes over HTTP: applied as YAML files, read as JSON."""

from typing import Any

from flask import Response, request

from messaging.refusals import Refusal
from services.registration import handlers
from services.registration.programme_files import ProgrammeRefused, check_programme
from services.registration.schemas.setup import ProgrammeSchema, ProgrammesSchema, ProgrammeStatesSchema
from web.access import Role, allow, anyone, key, staff
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work
from web.problems import problem

programmes = ApiBlueprint("programmes", __name__, description="Programmes: data, not code.")


class ProgrammeMisnamed(Refusal):
    """The file is of another programme than the address says."""

    slug = "programme_misnamed"
    status = 422


@programmes.route("/programmes", methods=["GET"])
@allow(anyone)
@programmes.response(200, ProgrammesSchema)
def list_programmes() -> dict[str, Any]:
    """Every programme with its definition."""
    with unit_of_work() as uow:
        return {"items": uow.programmes.all()}


@programmes.route("/programmes/<programme_id>", methods=["GET"])
@allow(anyone)
@programmes.response(200, ProgrammeSchema)
def read_programme(programme_id: str) -> Any:
    """One programme with its definition."""
    with unit_of_work() as uow:
        return uow.programmes.get(programme_id)


@programmes.route("/programmes/<programme_id>", methods=["PUT"])
@allow(staff(Role.OPERATOR), key("programmes:write"))
@programmes.doc(requestBody={"content": {"application/yaml": {"schema": {"type": "string"}}}, "required": True})
@programmes.response(200, ProgrammeSchema)
def apply_programme(programme_id: str) -> Any:
    """Apply a programme file; a faulty one is refused whole, with the line of each fault."""
    try:
        definition = check_programme(request.get_data())
    except ProgrammeRefused as refusal:
        return _faults(refusal)
    if definition["programme_id"] != programme_id:
        raise ProgrammeMisnamed("The file is of another programme; use its own id.", field="programme_id")
    with unit_of_work() as uow:
        handlers.apply_programme(definition, uow)
        return uow.programmes.get(programme_id)


@programmes.route("/programmes/<programme_id>/states", methods=["GET"])
@allow(staff(Role.OPERATOR, Role.LEAD), key("cases:read"))
@programmes.response(200, ProgrammeStatesSchema)
def count_states(programme_id: str) -> dict[str, Any]:
    """How many cases of the whole country are in each state."""
    with unit_of_work() as uow:
        uow.programmes.get(programme_id)
        return {"programme_id": programme_id, "states": uow.search.states(programme_id)}


def _faults(refusal: ProgrammeRefused) -> Response:
    """A problem that lists every fault, with its line as a number too."""
    errors = [{"field": fault.path, "message": str(fault)} for fault in refusal.faults]
    lines = [fault.line for fault in refusal.faults]
    return problem(refusal.status, refusal.slug, str(refusal), errors=errors, lines=lines)
