"""Events that a process had in hand when it died: each is tried alone, and its trial is written down before it begins.

The broker says only that a message was delivered before; it counts a death for all that were in hand. So the count that
decides is kept here: one that is found begun and not ended has killed its process, waits like any other failure, and is
parked at last. Its neighbours are tried at once and take effect.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from frist_contracts import Envelope, Identity
from messaging import parked, retries
from messaging.erasure import storable

MOST_DEATHS = 3
"""So many processes may die with an event alone in hand; the next that is given it parks it."""

_KNOWN = text("""
    SELECT producer, event_id::text FROM inbox WHERE event_id = ANY(CAST(:ids AS uuid[]))
    UNION SELECT producer, event_id::text FROM parked
    WHERE event_id = ANY(CAST(:ids AS uuid[])) AND state IN ('parked', 'discarded')
""")
_BEGIN = text("""
    INSERT INTO retries (event_id, type, producer, position, subject, lane, body, attempts, deaths, reason, due_at)
    VALUES (:event_id, :type, :producer, :position, :subject, :lane, :body, :attempts, 1, :reason, :due_at)
    ON CONFLICT (event_id, producer) DO UPDATE SET deaths = retries.deaths + 1, reason = excluded.reason, due_at = excluded.due_at
    WHERE retries.deaths = :deaths AND retries.attempts = :attempts
    RETURNING deaths
""")


def known(connection: Connection, events: Sequence[Identity]) -> set[Identity]:
    """Which of these have taken effect or are parked; whatever waited to try them again is forgotten."""
    rows = connection.execute(_KNOWN, {"ids": [event.event_id for event in events]})
    found = {Identity(*row) for row in rows} & set(events)
    retries.settle(connection, list(found))
    return found


def begin(
    connection: Connection, envelope: Envelope, body: bytes, *, attempts: int, deaths: int, now: datetime
) -> bool:
    """Write down that the event is tried alone, before it is; whether it may be.

    `attempts` and `deaths` are how often it had failed and how many processes had died with it when this message was sent.
    It may not be tried when that is enough, which parks it, and when another message of the same event has been begun meanwhile: then its retry brings it back.
    """
    if deaths >= MOST_DEATHS:
        park(connection, envelope, body, f"the process died with it {deaths} times")
        return False
    values = retries.as_values(envelope, storable(connection, envelope, body)) | {
        "attempts": attempts,
        "deaths": deaths,
        "reason": "the process died with it",
        "due_at": now + retries.jittered(retries.WAITS[deaths]),
    }
    return connection.execute(_BEGIN, values).first() is not None


def park(connection: Connection, envelope: Envelope, body: bytes, reason: str) -> None:
    """Give the event up and stop trying it again."""
    kept = storable(connection, envelope, body)
    parked.park(connection, kept, envelope.lane, envelope=envelope, reason=reason)
    retries.settle(connection, [envelope.identity])
