"""What has to be true once everything is healed, read from the databases by code that shares nothing with the handlers."""

from collections.abc import Iterator, Mapping

from operations.ledger.subscriptions import subscribed_types
from operations.rehearsal.rules.rule import Databases
from operations.services import SERVICES
from tests.faults.load import Accepted

_OUT = "SELECT event_id::text AS event_id FROM outbox WHERE type = ANY(%(types)s)"
_IN = "SELECT event_id::text AS event_id FROM inbox WHERE producer = %(producer)s AND type = ANY(%(types)s)"
_TWICE = """
    SELECT cause, type, subject, count(*) AS times FROM (
        SELECT CAST(envelope AS json) ->> 'causationid' AS cause, type, subject FROM outbox) AS caused
    WHERE cause IS NOT NULL GROUP BY cause, type, subject HAVING count(*) > 1
"""
_LEFT = {
    "events that were never published": "SELECT type, position FROM outbox WHERE published_at IS NULL",
    "events that wait to be tried again": "SELECT type, reason FROM retries",
    "parked messages": "SELECT type, reason FROM parked",
    "pages that disagree": "SELECT producer, first_position FROM pages WHERE NOT is_settled AND asked_at IS NOT NULL",
}
_CASES = "SELECT case_id::text AS case_id FROM cases WHERE programme_id = %(programme)s"
_RECEIPTS = """
    SELECT case_id, count(*) AS times FROM messages
    WHERE programme_id = %(programme)s AND purpose = %(purpose)s GROUP BY case_id HAVING count(*) > 1
"""


def broken(urls: Mapping[str, str], programme_id: str, accepted: Accepted) -> list[str]:
    """Every invariant that does not hold, in words; empty when all do."""
    databases = Databases(urls)
    try:
        return [
            *_promises(databases, programme_id, accepted),
            *_deliveries(databases),
            *_repetitions(databases, programme_id),
            *_what_is_left(databases),
        ]
    finally:
        databases.close()


def _promises(databases: Databases, programme_id: str, accepted: Accepted) -> Iterator[str]:
    """Each accepted request has its case, once, in every service that keeps cases; and there are no others."""
    promised = set(accepted.case_ids.values())
    if len(promised) != len(accepted.case_ids):
        yield f"{len(accepted.case_ids) - len(promised)} organisations were given a case of another"
    for service in ("registration", "reporting", "notifications"):
        kept = [row["case_id"] for row in databases.rows(service, _CASES, {"programme": programme_id})]
        if lost := promised - set(kept):
            yield f"{service} does not know {len(lost)} accepted cases, as {min(lost)}"
        if len(kept) != len(promised) + accepted.imported:
            yield f"{service} has {len(kept)} cases where {len(promised)} + {accepted.imported} were accepted"


def _deliveries(databases: Databases) -> Iterator[str]:
    """What each inbox holds of each producer is what the producer's outbox holds of the subscribed types."""
    for consumer in SERVICES:
        for producer in SERVICES:
            types = sorted(name for name in subscribed_types(consumer) if name.startswith(f"{producer}."))
            span = {"producer": producer, "types": types}
            out = {row["event_id"] for row in databases.rows(producer, _OUT, span)}
            applied = {row["event_id"] for row in databases.rows(consumer, _IN, span)}
            if lost := out - applied:
                yield f"{len(lost)} events of {producer} never took effect in {consumer}, as {min(lost)}"
            if invented := applied - out:
                yield f"{len(invented)} events took effect in {consumer} that {producer} never said, as {min(invented)}"


def _repetitions(databases: Databases, programme_id: str) -> Iterator[str]:
    """No event had an effect twice: it caused nothing twice, and nobody was written to twice about the same."""
    for service in SERVICES:
        for row in databases.rows(service, _TWICE)[:3]:
            yield f"in {service} event {row['cause']} caused {row['type']} of {row['subject']} {row['times']} times"
    for purpose in ("receipt", "booking_confirmed"):
        values = {"programme": programme_id, "purpose": purpose}
        for row in databases.rows("notifications", _RECEIPTS, values)[:3]:
            yield f"case {row['case_id']} was sent {row['times']} messages of {purpose}"


def _what_is_left(databases: Databases) -> Iterator[str]:
    for service in SERVICES:
        for what, query in _LEFT.items():
            if rows := databases.rows(service, query):
                yield f"{service} has {len(rows)} {what}, as {rows[0]}"
