"""The one way out: events are stored in the transaction of the change that caused them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from frist_contracts import Envelope, Event, Lane, encode, routing_key
from messaging import erasure, tracing
from messaging.identifiers import new_id

_STORE = text("""
    INSERT INTO outbox (event_id, type, subject, municipality, lane, private, routing_key, envelope)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS added (
        event_id uuid, type text, subject text, municipality text, lane text, private boolean,
        routing_key text, envelope text)
""")
"""One statement and one parameter for any number of events: arrays of text cost the driver four times as much."""


@dataclass(frozen=True)
class _Row:
    event: Event
    event_id: str
    lane: Lane
    envelope: str


class Outbox:
    """Collects the events of one unit of work; the kernel stores them in bulk at the commit."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._rows: list[_Row] = []
        self._correlation_id: str | None = None
        self.cause: Envelope | None = None
        self.traceparent: str | None = None
        self.added: list[Event] = []
        self._creations: list[Any] = []

    def add(self, event: Event, lane: Lane | None = None) -> str:
        """Announce a fact; `lane` overrides the event's own. Returns the event's id."""
        event_id, chosen = new_id(), lane or event.lane
        correlation_id = self._correlation(event_id)
        trace = self.traceparent or (self.cause.traceparent if self.cause else None)
        if creation := tracing.created(event, event_id, chosen, correlation_id, trace):
            trace = creation.traceparent
            self._creations.append(creation)
        body = encode(
            event,
            event_id=event_id,
            time=self._now,
            lane=chosen,
            correlation_id=correlation_id,
            causation_id=self.cause.event_id if self.cause else None,
            traceparent=trace,
        )
        self._rows.append(_Row(event, event_id, chosen, body))
        self.added.append(event)
        return event_id

    def flush(self) -> None:
        """Store what was collected since the last flush, in the order it was added."""
        rows, self._rows = self._rows, []
        if rows:
            self._connection.execute(_STORE, {"rows": json.dumps([_record(row) for row in rows], ensure_ascii=False)})

        while self._creations:
            self._creations.pop().end()

    def erase(self, subject: str) -> int:
        """Empty the personal fields of every private event about a subject, here and wherever it failed.

        The events stay, with their ids and positions, so that nothing is missing from the log; call it after the
        last private event about the subject was added. Returns how many bodies were emptied.
        """
        self.flush()
        return erasure.erase_subject(self._connection, subject)

    def _correlation(self, event_id: str) -> str:
        if self.cause:
            return self.cause.correlation_id
        self._correlation_id = self._correlation_id or event_id
        return self._correlation_id


def _record(row: _Row) -> dict[str, object]:
    return {
        "event_id": row.event_id,
        "type": row.event.type_name(),
        "subject": row.event.subject,
        "municipality": row.event.municipality,
        "lane": row.lane.value,
        "private": row.event.private,
        "routing_key": routing_key(row.event, row.lane),
        "envelope": row.envelope,
    }
