"""Empties what a service has made of events, and has all of them come again while new ones keep arriving.

Emptying forgets, in one transaction, the projections, the inbox and the producers' pages. From there on the rebuild is the
case of a newcomer: the pages are asked for, and what they say is missing, bit by bit. Nothing but the service's worker and
the producers' relays takes part, so whoever started it may go; the auditor notes when all is settled again.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from frist_contracts import NATIONAL, RESEND_REQUESTED, Event
from messaging.refusals import Refusal

AUDIT_LOCK = 7_004_001
"""Key of the advisory lock of the one auditor that looks at a time."""

_ALONE = (
    text("SET LOCAL lock_timeout = '2s'"),
    text(f"SELECT pg_advisory_xact_lock({AUDIT_LOCK})"),
    text("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE"),
)
"""No batch is under way, and none begins: each begins with the inbox. A page that is being read makes us wait, not it."""
_APPLIED = text("""
    SELECT producer, max(position) AS last, count(*) AS events FROM inbox WHERE type = ANY(:types) GROUP BY producer
""")
_FORGET = (
    text("TRUNCATE inbox"),
    text("""
        INSERT INTO inbox (event_id, producer, position, type, lane)
        SELECT event_id, producer, position, type, lane FROM parked
        WHERE state = 'discarded' AND event_id IS NOT NULL ON CONFLICT DO NOTHING
    """),
    text("DELETE FROM pages"),
)
"""What was discarded stays discarded."""
_BEGIN = text("""
    INSERT INTO rebuilds (asked, goals, started_by) VALUES (:asked, CAST(:goals AS jsonb), :by)
    RETURNING rebuild_id, asked, started_by, started_at, finished_at
""")
_RUNNING = text("""
    SELECT rebuild_id, asked, started_by, started_at, finished_at FROM rebuilds WHERE finished_at IS NULL
""")
_GET = text("SELECT rebuild_id, asked, started_by, started_at, finished_at FROM rebuilds WHERE rebuild_id = :id")
_AGAIN = text("""
    SELECT count(*) FROM inbox, rebuilds
    WHERE rebuild_id = :id AND type = ANY(:types) AND position <= CAST(goals ->> producer AS bigint)
""")
_FINISH = text("""
    UPDATE rebuilds SET finished_at = clock_timestamp() WHERE finished_at IS NULL AND NOT EXISTS (
        SELECT FROM jsonb_each_text(goals) AS goal WHERE NOT EXISTS (
            SELECT FROM pages WHERE producer = goal.key AND is_settled
            AND first_position = 1 AND last_position >= CAST(goal.value AS bigint)
        ) OR EXISTS (SELECT FROM retries WHERE producer = goal.key AND position <= CAST(goal.value AS bigint))
    )
""")


class RebuildRunning(Refusal):
    """A rebuild is running already; it has to finish before another begins."""


@dataclass(frozen=True)
class Rebuild:
    """`asked` is how many events had been applied when it began, and are applied again."""

    rebuild_id: int
    asked: int
    started_by: str
    started_at: datetime
    finished_at: datetime | None


def start_rebuild(
    uow: Any, service: str, subscribed: Iterable[type[Event]], empty: Callable[[Any], None], by: str
) -> Rebuild:
    """Forget everything and ask for it again, in the transaction of `uow`; `empty(uow)` empties the projections.

    Raises RebuildRunning, and an OperationalError when somebody keeps us waiting for two seconds: try again then.
    """
    types = list(subscribed)
    for statement in _ALONE:
        uow.connection.execute(statement)
    if running_rebuild(uow.connection):
        raise RebuildRunning
    applied = uow.connection.execute(_APPLIED, {"types": [event.type_name() for event in types]}).all()
    empty(uow)
    for statement in _FORGET:
        uow.connection.execute(statement)
    for producer in sorted({event.producer for event in types}):
        wish = RESEND_REQUESTED[service](municipality=NATIONAL, asked_of=producer, what="pages", first_position=1)
        uow.outbox.add(wish)
    values = {
        "asked": sum(row.events for row in applied),
        "goals": json.dumps({row.producer: row.last for row in applied}),
        "by": by,
    }
    return Rebuild(*uow.connection.execute(_BEGIN, values).one())


def running_rebuild(connection: Connection) -> Rebuild | None:
    """The rebuild that is not finished, if there is one."""
    row = connection.execute(_RUNNING).first()
    return Rebuild(*row) if row else None


def applied_again(connection: Connection, rebuild: Rebuild, subscribed: Iterable[type[Event]]) -> tuple[int, Rebuild]:
    """How many of the events that a rebuild asked for have been applied again, and the rebuild as it stands now."""
    values = {"id": rebuild.rebuild_id, "types": [event.type_name() for event in subscribed]}
    applied: int = connection.execute(_AGAIN, values).scalar_one()
    return applied, Rebuild(*connection.execute(_GET, {"id": rebuild.rebuild_id}).one())


def finish_rebuild(connection: Connection) -> None:
    """Note that a rebuild is finished, once everything that was applied before it is settled again."""
    connection.execute(_FINISH)
