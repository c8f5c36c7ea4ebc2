"""Events that failed are tried again, after waits that grow, in machine time; at last they are parked.

The waits live in PostgreSQL, so that they survive everything and do not depend on how many copies of a
worker run. An event that fails again updates its one row.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from frist_contracts import Envelope, Identity, Lane
from messaging.masking import without_personal
from messaging.sql import text

WAITS = (
    timedelta(milliseconds=500),
    timedelta(seconds=2),
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
)
"""The wait after each failed attempt, jittered by a quarter; after the last attempt the event is parked."""

LEASE = timedelta(seconds=60)
"""How long a retry that was put back on the queue may take before it is put back again.

A queue that is longer holds several copies then: the first that comes up is the try, the others are old (`that_wait`)."""

_UPSERT = text("""
    INSERT INTO retries (event_id, type, producer, position, subject, lane, body, attempts, reason, due_at)
    VALUES (:event_id, :type, :producer, :position, :subject, :lane, :body, :attempts, :reason, :due_at)
    ON CONFLICT (event_id, producer) DO UPDATE
    SET attempts = excluded.attempts, deaths = 0, reason = excluded.reason, due_at = excluded.due_at
""")
_TAKE_DUE = text("""
    UPDATE retries SET due_at = :leased_until WHERE (event_id, producer) IN (
        SELECT event_id, producer FROM retries WHERE due_at <= :now AND lane = ANY(CAST(:lanes AS text[])) ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING producer, event_id::text AS event_id, lane, body, attempts, deaths
""")
_WAITING = text("SELECT producer, event_id::text, attempts FROM retries WHERE event_id = ANY(CAST(:ids AS uuid[]))")
_FAILED = text("SELECT attempts FROM retries WHERE event_id = :event_id AND producer = :producer FOR UPDATE")
_SETTLE = text("""
    DELETE FROM retries USING unnest(CAST(:ids AS uuid[]), CAST(:producers AS text[])) AS done (event_id, producer)
    WHERE retries.event_id = done.event_id AND retries.producer = done.producer
""")


@dataclass(frozen=True)
class Due:
    """A retry whose time has come: the message as it first came, how often it failed, and how many processes died with it."""

    identity: Identity
    lane: str
    body: bytes
    attempts: int
    deaths: int


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None when it is time to give up."""
    if attempts > len(WAITS):
        return None
    return jittered(WAITS[attempts - 1])


def jittered(wait: timedelta) -> timedelta:
    """A wait that differs by up to a quarter, so that what failed together does not come back together."""
    return wait * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, not a secret


def attempts_so_far(connection: Connection, event: Identity) -> int | None:
    """How often the event has failed here, or None when it does not wait to be tried again.

    Who asks is the only one to count a failure of a waiting event until the transaction ends.
    """
    return connection.execute(_FAILED, event._asdict()).scalar()


def that_wait(connection: Connection, events: Sequence[Identity]) -> dict[Identity, int]:
    """Which of these events wait to be tried again, and how often each has failed: a message that was put on the queue
    after another number of failures is an old copy, and trying it would be trying before the wait is over.
    """
    rows = connection.execute(_WAITING, {"ids": [event.event_id for event in events]})
    return {Identity(row.producer, row.event_id): row.attempts for row in rows}


def schedule(
    connection: Connection, envelope: Envelope, body: bytes, *, attempts: int, reason: str, due_at: datetime
) -> None:
    """Try the event again when due; where the reason repeats personal data, it is masked."""
    told = {"attempts": attempts, "reason": without_personal(reason, envelope.event), "due_at": due_at}
    connection.execute(_UPSERT, as_values(envelope, body) | told)


def as_values(envelope: Envelope, body: bytes) -> dict[str, Any]:
    """The columns of a retry that are the event's own."""
    return {
        "event_id": envelope.event_id,
        "type": envelope.type,
        "producer": envelope.producer,
        "position": envelope.event.position,
        "subject": envelope.subject,
        "lane": envelope.lane.value,
        "body": body,
    }


def take_due(connection: Connection, lanes: Sequence[Lane], now: datetime, limit: int) -> list[Due]:
    """The retries of some lanes that are due, to be put back on the queue: not due again until the lease ends.

    One statement, so that of two relays that ask at the same time each gets others.
    """
    if not lanes:
        return []
    values = {"lanes": [lane.value for lane in lanes], "now": now, "leased_until": now + LEASE, "limit": limit}
    rows = connection.execute(_TAKE_DUE, values)
    return [
        Due(Identity(row.producer, row.event_id), row.lane, bytes(row.body), row.attempts, row.deaths) for row in rows
    ]


def settle(connection: Connection, events: Sequence[Identity]) -> None:
    """Forget the retries of events that have taken effect or are parked."""
    ids, producers = [event.event_id for event in events], [event.producer for event in events]
    connection.execute(_SETTLE, {"ids": ids, "producers": producers})
