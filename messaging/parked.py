"""Messages that the service gave up on, kept with their reason until an operator decides.

Replaying hands a message to the retries, due at once: it travels the ordinary way, and the inbox absorbs
what has taken effect meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from frist_contracts import ContractError, Envelope, Lane, decode
from messaging import retries
from messaging.refusals import Refusal

_PARK = text("""
    INSERT INTO parked (event_id, type, producer, position, subject, lane, body, reason, detail, attempts)
    VALUES (:event_id, :type, :producer, :position, :subject, :lane, :body, :reason, :detail, :attempts)
""")
_KNOWN = text("SELECT 1 FROM parked WHERE event_id = :id AND state = 'parked'")
_LIST = text("""
    SELECT parked_id, event_id::text AS event_id, type, producer, position, subject, lane, reason, attempts, parked_at, state
    FROM parked
    WHERE state = 'parked' AND parked_id > :after
      AND NOT EXISTS (SELECT FROM inbox WHERE inbox.event_id = parked.event_id)
      AND (CAST(:type AS text) IS NULL OR type = :type) AND (CAST(:reason AS text) IS NULL OR reason LIKE '%' || :reason || '%')
    ORDER BY parked_id LIMIT :limit
""")


class NotParked(Refusal):
    """There is no such parked message; `frist parked list` shows what there is."""

    status = 404


class StillUnreadable(Refusal):
    """The message cannot be read as an event, so it cannot be replayed; discard it with a reason."""


@dataclass(frozen=True)
class ParkedMessage:
    """A parked message as an operator sees it in a list."""

    parked_id: int
    event_id: str | None
    type: str | None
    producer: str | None
    position: int | None
    subject: str | None
    lane: str
    reason: str
    attempts: int
    parked_at: datetime
    state: str


def park(
    connection: Connection,
    body: bytes,
    lane: Lane | str,
    *,
    envelope: Envelope | None,
    reason: str,
    detail: str = "",
    attempts: int = 1,
) -> None:
    """Keep a message that will not be tried again by itself; parking the same event twice keeps one."""
    if envelope and connection.execute(_KNOWN, {"id": envelope.event_id}).first():
        return
    connection.execute(
        _PARK,
        {
            "event_id": envelope.event_id if envelope else None,
            "type": envelope.type if envelope else None,
            "producer": envelope.producer if envelope else None,
            "position": envelope.event.position if envelope else None,
            "subject": envelope.subject if envelope else None,
            "lane": Lane(lane).value,
            "body": body,
            "reason": reason,
            "detail": detail,
            "attempts": attempts,
        },
    )


def list_parked(
    connection: Connection, *, after: int = 0, limit: int = 100, type_name: str | None = None, reason: str | None = None
) -> Sequence[ParkedMessage]:
    """The open parked messages, oldest first, a page at a time; not those that took effect by another copy meanwhile."""
    rows = connection.execute(_LIST, {"after": after, "limit": limit, "type": type_name, "reason": reason})
    return [ParkedMessage(*row) for row in rows]


def show(connection: Connection, parked_id: int) -> tuple[bytes, str]:
    """The body and the detail (the stack) of one parked message."""
    row = connection.execute(text("SELECT body, detail FROM parked WHERE parked_id = :id"), {"id": parked_id}).first()
    if row is None:
        raise NotParked
    return bytes(row.body), row.detail


def replay(connection: Connection, parked_id: int, now: datetime) -> None:
    """Try a parked message again, from its first attempt."""
    body, _detail = show(connection, parked_id)
    try:
        envelope = decode(body)
    except ContractError as error:
        raise StillUnreadable(f"{error}; discard it with a reason") from None
    _resolve(connection, parked_id, "replayed", "")
    retries.schedule(connection, envelope, body, attempts=0, reason="replayed by an operator", due_at=now)


def discard(connection: Connection, parked_id: int, reason: str) -> None:
    """Give a parked message up for good; the row stays, with the reason."""
    if not reason.strip():
        raise Refusal("say why the message is discarded", field="reason")
    _resolve(connection, parked_id, "discarded", reason)


def _resolve(connection: Connection, parked_id: int, state: str, resolution: str) -> None:
    done = connection.execute(
        text("""
            UPDATE parked SET state = :state, resolution = :resolution, resolved_at = clock_timestamp()
            WHERE parked_id = :id AND state = 'parked'
        """),
        {"id": parked_id, "state": state, "resolution": resolution},
    )
    if done.rowcount == 0:
        raise NotParked
