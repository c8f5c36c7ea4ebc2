"""JSON Schema of the envelope that every event travels in (CloudEvents 1.0, structured JSON)."""

from typing import Any

from frist_contracts.envelope import LONGEST_MUNICIPALITY, MUNICIPALITY
from frist_contracts.event import Lane
from operations.documents.json_schemas import DIALECT

_TEXT = {"type": "string", "minLength": 1, "maxLength": 255}
_CODE = {"type": "string", "maxLength": LONGEST_MUNICIPALITY, "pattern": f"^{MUNICIPALITY.pattern}$"}
_COUNT = {"type": "integer", "minimum": 0}


def _member(description: str, kind: dict[str, Any]) -> dict[str, Any]:
    return {**kind, "description": description}


ENVELOPE: dict[str, dict[str, Any]] = {
    "specversion": _member("The version of CloudEvents.", {"const": "1.0"}),
    "id": _member("UUIDv7 of the event; a redelivery has the same.", _TEXT),
    "source": _member("Who published it, as `/registration`.", _TEXT),
    "type": _member("The wire name, as `registration.case_opened.v1`.", _TEXT),
    "subject": _member("The id of what the event is about.", _TEXT),
    "time": _member("When it happened, in business time.", {"type": "string", "format": "date-time"}),
    "datacontenttype": _member("What `data` is.", {"const": "application/json"}),
    "sequence": _member("The subject's version: a reader that has seen a higher one ignores the event.", _COUNT),
    "position": _member("The place in the producer's outbox; rises, with gaps.", _COUNT),
    "municipality": _member("Whom it concerns, as `dk-0101`, or `national`.", _CODE),
    "lane": _member("`urgent` when a person is waiting, else `bulk`.", {"enum": [lane.value for lane in Lane]}),
    "private": _member("Whether it carries contact data and stays inside the core.", {"type": "boolean"}),
    "correlationid": _member("Shared by everything that followed from one first cause.", _TEXT),
    "causationid": _member("The id of the event that led to this one.", _TEXT),
    "traceparent": _member("W3C trace context.", _TEXT),
    "data": _member("The fact itself: one schema for each type.", {"type": "object"}),
}
"""Every attribute of the envelope."""

OPTIONAL = frozenset({"causationid", "traceparent"})


def envelope_schema() -> dict[str, Any]:
    """The schema of the envelope; attributes it does not name are allowed, and ignored by readers."""
    return {
        "$schema": DIALECT,
        "$id": "envelope.json",
        "title": "Envelope",
        "description": "One event as one message, `application/cloudevents+json`.",
        "type": "object",
        "properties": ENVELOPE,
        "required": [name for name in ENVELOPE if name not in OPTIONAL],
    }
