"""Municipalities and postcodes over HTTP: put as CSV files, read as JSON."""

from typing import Any

from flask import request

from messaging.refusals import Refusal
from services.registration import handlers
from services.registration.domain.encoding import read_utf8
from services.registration.domain.place_files import read_municipalities, read_postcodes
from services.registration.domain.words import COUNTRIES
from services.registration.schemas.setup import PlacesPutSchema, PlacesSchema
from web.access import Role, allow, anyone, key, staff
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work

places = ApiBlueprint("places", __name__, description="Municipalities and postcodes.")

_CSV_BODY = {"content": {"text/csv": {"schema": {"type": "string"}}}, "required": True}


class CountryUnknown(Refusal):
    """A country that Frist has no number scheme for."""

    slug = "country_unknown"
    status = 404


@places.route("/municipalities/<country>", methods=["PUT"])
@allow(staff(Role.OPERATOR), key("programmes:write"))
@places.doc(requestBody=_CSV_BODY)
@places.response(200, PlacesPutSchema)
def put_municipalities(country: str) -> dict[str, Any]:
    """Set a country's municipalities: code,name,region,population,tile_column,tile_row,neighbours."""
    rows = read_municipalities(_text(country), country)
    with unit_of_work() as uow:
        handlers.put_municipalities(country, rows, uow)
    return {"country": country, "rows": len(rows)}


@places.route("/municipalities/<country>", methods=["GET"])
@allow(anyone)
@places.response(200, PlacesSchema)
def list_municipalities(country: str) -> dict[str, Any]:
    """A country's municipalities by name."""
    with unit_of_work() as uow:
        return {"items": [{"code": code, "name": name} for code, name in uow.places.of(country).names.items()]}


@places.route("/postcodes/<country>", methods=["PUT"])
@allow(staff(Role.OPERATOR), key("programmes:write"))
@places.doc(requestBody=_CSV_BODY)
@places.response(200, PlacesPutSchema)
def put_postcodes(country: str) -> dict[str, Any]:
    """Replace a country's postcodes: postcode,town,municipality."""
    rows = read_postcodes(_text(country))
    with unit_of_work() as uow:
        handlers.put_postcodes(country, rows, uow)
    return {"country": country, "rows": len(rows)}


@places.route("/postcodes/<country>/<postcode>", methods=["GET"])
@allow(anyone)
@places.response(200, PlacesSchema)
def find_postcode(country: str, postcode: str) -> dict[str, Any]:
    """The municipalities that a postcode lies in, the largest first."""
    with unit_of_work() as uow:
        return {
            "items": [{"code": r.municipality, "name": r.name} for r in uow.places.of(country).of_postcode(postcode)]
        }


def _text(country: str) -> str:
    if country not in COUNTRIES:
        raise CountryUnknown(f"There is no such country here; use one of: {', '.join(COUNTRIES)}.", field="country")
    return read_utf8(request.get_data())
