"""The one way out: events are stored in the transaction of the change that caused them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from frist_contracts import Envelope, Event, Lane, encode, routing_key
from messaging import erasure
from messaging.identifiers import new_id

_STORE = text("""
    INSERT INTO outbox (event_id, type, subject, municipality, lane, private, routing_key, envelope)
    SELECT * FROM unnest(
        CAST(:event_ids AS uuid[]), CAST(:types AS text[]), CAST(:subjects AS text[]), CAST(:municipalities AS text[]),
        CAST(:lanes AS text[]), CAST(:privates AS boolean[]), CAST(:routing_keys AS text[]), CAST(:envelopes AS text[]))
""")


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

    def add(self, event: Event, lane: Lane | None = None) -> str:
        """Announce a fact; `lane` overrides the event's own. Returns the event's id."""
        event_id, chosen = new_id(), lane or event.lane
        body = encode(
            event,
            event_id=event_id,
            time=self._now,
            lane=chosen,
            correlation_id=self._correlation(event_id),
            causation_id=self.cause.event_id if self.cause else None,
            traceparent=self.cause.traceparent if self.cause else self.traceparent,
        )
        self._rows.append(_Row(event, event_id, chosen, body))
        self.added.append(event)
        return event_id

    def flush(self) -> None:
        """Store what was collected since the last flush, in the order it was added."""
        rows, self._rows = self._rows, []
        if rows:
            self._connection.execute(_STORE, _columns(rows))

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


def _columns(rows: Sequence[_Row]) -> dict[str, list[object]]:
    return {
        "event_ids": [row.event_id for row in rows],
        "types": [row.event.type_name() for row in rows],
        "subjects": [row.event.subject for row in rows],
        "municipalities": [row.event.municipality for row in rows],
        "lanes": [row.lane.value for row in rows],
        "privates": [row.event.private for row in rows],
        "routing_keys": [routing_key(row.event, row.lane) for row in rows],
        "envelopes": [row.envelope for row in rows],
    }
