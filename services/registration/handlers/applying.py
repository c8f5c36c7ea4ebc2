"""Programmes, municipalities and postcodes are set up or changed."""

from typing import Any

from frist_contracts import NATIONAL, MunicipalitiesImported, Municipality, ProgrammeApplied
from messaging.refusals import Refusal
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


class MunicipalityUnknown(Refusal):
    """A postcode names a municipality that is not there."""

    slug = "municipality_unknown"
    status = 422


def apply_programme(definition: dict[str, Any], uow: RegistrationUnitOfWork) -> int:
    """Keep a checked definition and tell everybody; returns its version. The same again changes nothing."""
    known = uow.programmes.find(definition["programme_id"])
    if known is not None and known.definition == definition:
        return known.version
    version = uow.programmes.put(definition, uow.now)
    event = ProgrammeApplied(
        municipality=NATIONAL, sequence=version, programme_id=definition["programme_id"], definition=definition
    )
    uow.outbox.add(event)
    return version


def put_municipalities(country: str, rows: list[dict[str, Any]], uow: RegistrationUnitOfWork) -> None:
    """Set a country's municipalities and tell everybody the whole list. The same again tells nobody anything."""
    version = uow.places.put_municipalities(country, [{**row, "country": country} for row in rows])
    if version is None:
        return
    event = MunicipalitiesImported(
        municipality=NATIONAL,
        sequence=version,
        country=country,
        municipalities=[Municipality(**row) for row in rows],
    )
    uow.outbox.add(event)


def put_postcodes(country: str, rows: list[dict[str, Any]], uow: RegistrationUnitOfWork) -> None:
    """Replace a country's postcodes; each must lie in a municipality that is there."""
    known = uow.places.of(country).names
    for row in rows:
        if row["municipality"] not in known:
            message = f"Postcode {row['postcode']}: there is no municipality {row['municipality']}; import those first."
            raise MunicipalityUnknown(message, field="municipality")
    uow.places.put_postcodes(country, [{**row, "country": country} for row in rows])
