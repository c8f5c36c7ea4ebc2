"""Sends again what a consumer asked for, straight to its queue: events of some types, or pages over what it never saw.

What is urgent goes in its own lane, and does not wait for the others: somebody waits for it. That is so for an hour: a
rebuild, or a newcomer, asks for years of it, and those would delay what is urgent now.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from frist_contracts import Lane, PageClosed, ResendRequested, encode, with_position
from messaging.clock import machine_now
from messaging.identifiers import new_id
from messaging.ledger import LAST_POSITION, PAGE_POSITIONS, closed_up_to, page_of
from messaging.refusals import Refusal
from messaging.sql import text

URGENT = "urgent"
"""What is kept, beside the wish for events, for those of them that are urgent."""

_KEEP = text("""
    INSERT INTO resends (consumer, what, next_position, last_position, types)
    SELECT :consumer, :what, :first, :last, CAST(:types AS text[])
    WHERE NOT EXISTS (
        SELECT FROM resends WHERE consumer = :consumer AND what = :what AND types = CAST(:types AS text[])
        AND next_position <= :first AND coalesce(last_position, 9223372036854775807) >= coalesce(:last, 9223372036854775807))
""")
_NEXT = text(f"SELECT * FROM resends WHERE (what = '{URGENT}') = :is_urgent ORDER BY resend_id LIMIT 1")
_EVENTS = text("""
    SELECT position, event_id::text AS event_id, envelope FROM outbox
    WHERE position BETWEEN :first AND :last AND published_at IS NOT NULL AND type = ANY(CAST(:types AS text[]))
        AND (lane = 'urgent' AND stored_at > clock_timestamp() - interval '1 hour') = :is_urgent
    ORDER BY position LIMIT :limit
""")
_NEWEST = text("SELECT coalesce(max(position), 0) FROM outbox")
_KINDS = frozenset({"events", "pages"})
LOOK_POSITIONS = 20_000
"""How far one look goes where little of it was asked for: looking holds the relay up."""


class UnknownConsumer(Refusal):
    """Nobody of that name has a queue."""


class ImpossibleSpan(Refusal):
    """No outbox has these positions."""


@dataclass(frozen=True)
class Again:
    """One message to send again."""

    key: str
    event_id: str
    body: bytes


@dataclass(frozen=True)
class Chunk:
    """The next messages of the oldest request, and to whom they go."""

    consumer: str
    messages: list[Again]


def note_request(event: ResendRequested, uow: Any, service: str) -> None:
    """A consumer misses something: remember to send it, when it is ours to send."""
    if event.asked_of != service:
        return
    if event.what not in _KINDS or not re.fullmatch(r"[a-z_]{1,40}", event.producer):
        raise UnknownConsumer
    if not 1 <= event.first_position <= _last(event.last_position) <= LAST_POSITION:
        raise ImpossibleSpan
    for what in (URGENT, event.what) if event.what == "events" else (event.what,):
        uow.connection.execute(
            _KEEP,
            {
                "consumer": event.producer,
                "what": what,
                "first": event.first_position,
                "last": event.last_position,
                "types": event.types,
            },
        )


def next_chunk(connection: Connection, service: str, lane: Lane, limit: int) -> Chunk | None:
    """The next messages to send again by a lane; the request moves on, and is gone after its last.

    It moves on before they are confirmed: what is lost once more will be asked for once more.
    """
    request = connection.execute(_NEXT, {"is_urgent": lane is Lane.URGENT}).first()
    if request is None:
        return None
    messages, moved_to = (
        _pages(connection, service, request) if request.what == "pages" else _events(connection, request, limit)
    )
    if moved_to is None:
        connection.execute(text("DELETE FROM resends WHERE resend_id = :id"), {"id": request.resend_id})
    else:
        connection.execute(
            text("UPDATE resends SET next_position = :next WHERE resend_id = :id"),
            {"id": request.resend_id, "next": moved_to},
        )
    return Chunk(request.consumer, messages)


def _events(connection: Connection, request: Any, limit: int) -> tuple[list[Again], int | None]:
    end = min(_last(request.last_position), connection.execute(_NEWEST).scalar_one())
    last = min(end, request.next_position + LOOK_POSITIONS - 1)
    span = {"first": request.next_position, "last": last, "types": request.types, "limit": limit}
    rows = connection.execute(_EVENTS, span | {"is_urgent": request.what == URGENT}).all()
    messages = [
        Again(f"resend {row.position}", row.event_id, with_position(row.envelope, row.position)) for row in rows
    ]
    seen = rows[-1].position if len(rows) == limit else last
    return messages, seen + 1 if seen < end else None


def _pages(connection: Connection, service: str, request: Any) -> tuple[list[Again], int | None]:
    """A page is drawn up anew, and wide: months of small ones would take longer to settle than what they speak of.

    One at a time: counting it holds the relay up.
    """
    end = min(_last(request.last_position), closed_up_to(connection))
    first = request.next_position
    if first > end:
        return [], None
    last = min(end, first + PAGE_POSITIONS - 1)
    return [_page(page_of(connection, service, first, last))], last + 1 if last < end else None


def _last(position: int | None) -> int:
    return LAST_POSITION if position is None else position


def _page(page: PageClosed) -> Again:
    event_id = new_id()
    body = encode(page, event_id=event_id, time=machine_now(), lane=page.lane, correlation_id=event_id)
    return Again(f"page {event_id}", event_id, with_position(body, 0))
