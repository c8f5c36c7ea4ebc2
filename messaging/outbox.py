"""The one way out: events are stored in the transaction of the change that caused them."""

from datetime import datetime

from frist_contracts import Envelope, Event, Lane, encode, routing_key
from messaging import erasure, tables
from messaging.identifiers import new_id
from messaging.journal import Journal


class Outbox:
    """Collects the events of one unit of work; the kernel stores them in bulk at the commit."""

    def __init__(self, journal: Journal, now: datetime) -> None:
        self._journal = journal
        self._now = now
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
        self._journal.add(tables.outbox, _row(event, event_id, chosen, body))
        self.added.append(event)
        return event_id

    def flush(self) -> None:
        """Store what was collected since the last flush, in the order it was added, with all else in the journal."""
        self._journal.flush()

    def erase(self, subject: str) -> int:
        """Empty the personal fields of every private event about a subject, here and wherever it failed.

        The events stay, with their ids and positions, so that nothing is missing from the log; call it after the
        last private event about the subject was added. Returns how many bodies were emptied.
        """
        self.flush()
        return erasure.erase_subject(self._journal.connection, subject)

    def _correlation(self, event_id: str) -> str:
        if self.cause:
            return self.cause.correlation_id
        self._correlation_id = self._correlation_id or event_id
        return self._correlation_id


def _row(event: Event, event_id: str, lane: Lane, envelope: str) -> dict[str, object]:
    return {
        "event_id": event_id,
        "type": event.type_name(),
        "subject": event.subject,
        "municipality": event.municipality,
        "lane": lane.value,
        "private": event.private,
        "routing_key": routing_key(event, lane),
        "envelope": envelope,
    }
