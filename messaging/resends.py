"""Sends again what a consumer asked for, straight to its queue: events of some types, or the pages themselves."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from frist_contracts import ResendRequested
from messaging.refusals import Refusal

_KEEP = text("""
    INSERT INTO resends (consumer, what, next_position, last_position, types)
    SELECT :consumer, :what, :first, :last, CAST(:types AS text[])
    WHERE NOT EXISTS (
        SELECT FROM resends WHERE consumer = :consumer AND what = :what AND types = CAST(:types AS text[])
        AND next_position <= :first AND coalesce(last_position, 9223372036854775807) >= coalesce(:last, 9223372036854775807))
""")
_NEXT = text("SELECT * FROM resends ORDER BY resend_id LIMIT 1")
_ROWS = {
    "events": text("""
        SELECT position, event_id::text AS event_id, envelope FROM outbox
        WHERE position BETWEEN :first AND :last AND published_at IS NOT NULL AND type = ANY(CAST(:types AS text[]))
        ORDER BY position LIMIT :limit
    """),
    "pages": text("""
        SELECT position, event_id::text AS event_id, envelope FROM outbox
        WHERE position >= :first AND published_at IS NOT NULL AND type LIKE '%.page_closed.v1'
          AND CAST(CAST(envelope AS json) #>> '{data,first_position}' AS bigint) <= :last
        ORDER BY position LIMIT :limit
    """),
}
_END = 2**63 - 1


class UnknownConsumer(Refusal):
    """Nobody of that name has a queue."""


@dataclass(frozen=True)
class Chunk:
    """The next rows of the oldest request, and to whom they go."""

    consumer: str
    rows: list[Any]


def note_request(event: ResendRequested, uow: Any, service: str) -> None:
    """A consumer misses something: remember to send it, when it is ours to send."""
    if event.asked_of != service:
        return
    if event.what not in _ROWS or not re.fullmatch(r"[a-z_]{1,40}", event.producer):
        raise UnknownConsumer
    uow.connection.execute(
        _KEEP,
        {
            "consumer": event.producer,
            "what": event.what,
            "first": event.first_position,
            "last": event.last_position,
            "types": event.types,
        },
    )


def next_chunk(connection: Connection, limit: int) -> Chunk | None:
    """The next rows to send again; the request moves on, and is gone after its last row.

    It moves on before the rows are confirmed: what is lost once more will be asked for once more.
    """
    request = connection.execute(_NEXT).first()
    if request is None:
        return None
    span = {
        "first": request.next_position,
        "last": request.last_position or _END,
        "types": request.types,
        "limit": limit,
    }
    rows = list(connection.execute(_ROWS[request.what], span))
    if len(rows) < limit:
        connection.execute(text("DELETE FROM resends WHERE resend_id = :id"), {"id": request.resend_id})
    else:
        connection.execute(
            text("UPDATE resends SET next_position = :next WHERE resend_id = :id"),
            {"id": request.resend_id, "next": rows[-1].position + 1},
        )
    return Chunk(request.consumer, rows)
