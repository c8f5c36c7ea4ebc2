"""The one way out: events are stored in the transaction of the change that caused them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from frist_contracts import Envelope, Event, Lane, encode, routing_key
from messaging import erasure, tables, tracing
from messaging.identifiers import new_id
from messaging.journal import Journal


class Outbox:
    """Collects the events of one unit of work; the kernel stores them in bulk at the commit."""

    def __init__(self, journal: Journal, clock: Callable[[], datetime]) -> None:
        self._journal = journal
        self._clock = clock
        self._correlation_id: str | None = None
        self._causes: Sequence[Envelope] = ()
        self._causes_by_id: dict[str, Envelope] = {}
        self._creations: list[Any] = []
        self.traceparent: str | None = None
        self.added: list[Event] = []

    def follow(self, causes: Sequence[Envelope]) -> None:
        """What is added from now on follows from one of these: the last, unless `because` names another."""
        self._causes = causes
        if self._causes_by_id:
            self._causes_by_id = {}

    def add(self, event: Event, lane: Lane | None = None, *, because: Event | None = None) -> str:
        """Announce a fact; `lane` overrides the event's own. Returns the event's id.

        `because` is the event that it follows from, for a handler that was given several.
        """
        event_id, chosen, cause = new_id(), lane or event.lane, self._cause(because)
        correlation_id = cause.correlation_id if cause else self._own_correlation(event_id)
        trace = cause.traceparent if cause else self.traceparent
        if creation := tracing.created(event, event_id, chosen, correlation_id, trace):
            trace = creation.traceparent
            self._creations.append(creation)
        body = encode(
            event,
            event_id=event_id,
            time=self._clock(),
            lane=chosen,
            correlation_id=correlation_id,
            causation_id=cause.event_id if cause else None,
            traceparent=trace,
        )
        self._journal.add(tables.outbox, _row(event, event_id, chosen, body))
        self.added.append(event)
        return event_id

    def flush(self, *, commits: bool = False) -> None:
        """Store what was collected since the last flush, in the order it was added, with all else in the journal.

        With `commits` nothing follows in the transaction, and its COMMIT may go along.
        """
        self._journal.flush(commits=commits)
        while self._creations:
            self._creations.pop().end()

    def erase(self, subject: str) -> int:
        """Empty the personal fields of every event about a subject, here and wherever it failed.

        The events stay, with their ids and positions, so that nothing is missing from the log; call it after the
        last event about the subject was added. Returns how many bodies were emptied.
        """
        self.flush()
        return erasure.erase_subject(self._journal.connection, subject)

    def _cause(self, event: Event | None) -> Envelope | None:
        if not self._causes:
            return None
        last = self._causes[-1]
        if event is None or event.event_id == last.event_id:
            return last
        if not self._causes_by_id:
            self._causes_by_id = {cause.event_id: cause for cause in self._causes}
        return self._causes_by_id.get(event.event_id, last)

    def _own_correlation(self, event_id: str) -> str:
        self._correlation_id = self._correlation_id or event_id
        return self._correlation_id


def _row(event: Event, event_id: str, lane: Lane, envelope: str) -> dict[str, object]:
    return {
        "event_id": event_id,
        "type": event.type_name(),
        "subject": event.subject,
        "municipality": event.municipality,
        "lane": lane.value,
        "private": bool(event.personal),
        "routing_key": routing_key(event, lane),
        "envelope": envelope,
    }
