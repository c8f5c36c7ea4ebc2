"""Messages that a service gave up on, of each kind there is."""

from collections.abc import Iterator
from typing import Any

import psycopg

from frist_contracts import CaseOpened, ContactChanged, Event, encode, with_position
from messaging.clock import machine_now
from messaging.identifiers import new_id

STACK = """Traceback (most recent call last):
  File "/srv/frist/messaging/delivery.py", line 142, in _apply_all
    self._apply(letters)
  File "/srv/frist/services/reporting/handlers/cases.py", line 14, in project_cases
    uow.projections.cases(rows_of_everything_that_was_said_about_a_case_in_this_batch_of_events(events))
KeyError: 'dk-0999'
"""
_PARK = """
    INSERT INTO parked (event_id, type, producer, position, subject, lane, body, reason, detail, attempts)
    VALUES (%s, %s, %s, 17, %s, 'bulk', %s, %s, %s, 8) RETURNING parked_id
"""


def some_messages() -> Iterator[tuple[Event | None, bytes, str, str]]:
    """A fault of the code on contact data, a refusal, and bytes that are no event: event, body, reason, stack."""
    contact = ContactChanged(
        municipality="dk-0101",
        case_id=new_id(),
        programme_id="dk-digital-post-2013",
        organisation_name="Bageriet på Hjørnet ApS",
        contact_name="Søren Ørsted",
        email="kontakt@bageriet.example",
        state="registered",
    )
    opened = CaseOpened(
        municipality="dk-0999",
        sequence=1,
        case_id=new_id(),
        programme_id="dk-digital-post-2013",
        organisation_id=new_id(),
        kind="company",
        state="pending",
    )
    yield contact, _body(contact), "KeyError: 'dk-0999'", STACK
    yield opened, _body(opened), "municipality_unknown: There is no municipality dk-0999 in this programme.", STACK
    yield None, b"\xff\xfe not an event", "unreadable_event: body is not JSON in UTF-8", ""


def park(connection: "psycopg.Connection[Any]", event: Event | None, body: bytes, reason: str, stack: str) -> int:
    """Put one among a service's parked messages; its number."""
    about = [new_id(), event.type_name(), event.producer, event.subject] if event else [None] * 4
    row = connection.execute(_PARK, [*about, body, reason, stack]).fetchone()
    assert row is not None
    return int(row[0])


def _body(event: Event) -> bytes:
    event_id = new_id()
    body = encode(event, event_id=event_id, time=machine_now(), lane=event.lane, correlation_id=event_id)
    return with_position(body, 17)
