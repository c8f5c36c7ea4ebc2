"""Builders of what the tests of registration speak of: valid by default."""

from typing import Any

from sqlalchemy import text

from frist_contracts import Event, decode, with_position
from messaging.database import Database

DANISH = "dk-digital-post-2013"
SWEDISH = "se-it-micro-2001"
OPERATOR_KEY = "frist_bootstrap_for-tests-only"
AS_OPERATOR = {"Authorization": f"Bearer {OPERATOR_KEY}"}

CVR_NUMBERS = ("99734299", "99468785", "99301392", "10150817", "13585628")
"""Numbers with a valid check digit."""


def a_registration(**changes: Any) -> dict[str, Any]:
    """The body of a registration."""
    body = {
        "programme_id": DANISH,
        "number": CVR_NUMBERS[0],
        "kind": "company",
        "name": "Søkilde Tømrer ApS",
        "postcode": "5000",
        "contact_name": "Michael Søkilde",
        "email": "michael@example.dk",
        "phone": "+45 20 30 40 50",
        "language": "da",
        "channel": "email",
        "help_forms": ["desk"],
    }
    return {**body, **changes}


def an_inventory(**changes: Any) -> dict[str, Any]:
    """The body of an answered skills inventory."""
    levels = {"digital_signature": 0, "digital_mailbox": 0, "vat_reporting": 2, "sick_pay_reporting": 3}
    return {"levels": levels, "topics": ["digital_signature", "digital_mailbox"], **changes}


def outbox_types(database: Database[Any]) -> list[str]:
    """The events told so far, by slug, without those of setting up."""
    query = text(
        "SELECT type FROM outbox WHERE type NOT LIKE '%applied%' AND type NOT LIKE '%imported%' ORDER BY position"
    )
    with database.engine.connect() as connection:
        return [row.type.split(".")[1] for row in connection.execute(query)]


def outbox_events(database: Database[Any], *wanted: type[Event]) -> list[Any]:
    """The events of these types told so far."""
    query = text("SELECT envelope, position FROM outbox WHERE type = ANY(:types) ORDER BY position")
    types = [each.type_name() for each in wanted]
    with database.engine.connect() as connection:
        return [decode(with_position(*row)).event for row in connection.execute(query, {"types": types})]
