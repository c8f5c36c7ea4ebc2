"""Takes personal data out of the events a service keeps: its own log, its retries and its parked messages.

That a subject was erased is kept too. What fails here afterwards, late or sent again, is stored without personal data.
"""

import json
import re
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection

from frist_contracts import ContractError, Envelope, event_class
from frist_contracts.schema import schema_of
from messaging.sql import text

ERASURE_LOCK = 7_004_002
"""Key of the advisory lock by which storing a failed message and erasing wait for each other: it is asked for before anything
else is locked. Two erasures never wait for each other."""

_ERASING = f"SELECT pg_advisory_xact_lock_shared({ERASURE_LOCK})"
_STORING = f"SELECT pg_advisory_xact_lock({ERASURE_LOCK})"
_NOTE = "INSERT INTO erasures (subject) VALUES (:subject) ON CONFLICT DO NOTHING"
_NOTED = "SELECT subject FROM erasures WHERE subject = ANY(CAST(:subjects AS text[]))"
_KEPT = (
    ("outbox", "SELECT position, envelope FROM outbox WHERE subject = :subject AND private AND published_at IS NULL"),
    (
        "outbox",
        "SELECT position, envelope FROM outbox WHERE subject = :subject AND private AND published_at IS NOT NULL",
    ),
    ("parked", "SELECT parked_id, convert_from(body, 'UTF8') FROM parked WHERE subject = :subject"),
    (
        "retries",
        "SELECT ARRAY[event_id::text, producer], convert_from(body, 'UTF8') FROM retries WHERE subject = :subject",
    ),
)
"""Where the events about a subject are: the rows' keys and the events' texts. The log has an index for each of its halves. In
this order: what moves meanwhile is published, or replayed out of the parked messages into the retries."""
_EMPTY = {
    "outbox": "UPDATE outbox SET envelope = :text WHERE position = :key",
    "parked": "UPDATE parked SET body = convert_to(:text, 'UTF8') WHERE parked_id = :key",
    "retries": """
        UPDATE retries SET body = convert_to(:text, 'UTF8')
        WHERE event_id = CAST((CAST(:key AS text[]))[1] AS uuid) AND producer = (CAST(:key AS text[]))[2]
    """,
}
_EMPTY_UNREADABLE = """
    UPDATE parked SET body = ''
    WHERE subject IS NULL AND body <> '' AND position(convert_to(:subject, 'UTF8') IN body) > 0
"""
_ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def erase_subject(connection: Connection, subject: str) -> int:
    """Empty the personal fields of all kept events about a subject; returns how many bodies were emptied.

    What cannot be read as an event and names the subject, which is an id, is emptied altogether.
    """
    connection.execute(text(_ERASING))
    connection.execute(text(_NOTE), {"subject": subject})
    count = connection.execute(text(_EMPTY_UNREADABLE), {"subject": subject}).rowcount
    for table, found in _KEPT:
        count += empty(connection, table, connection.execute(text(found), {"subject": subject}).all())
    return count


def empty(connection: Connection, table: str, kept: Sequence[Any]) -> int:
    """Empty the personal fields of these events, given with the keys of their rows; returns how many had any."""
    changed = [{"key": key, "text": left} for key, envelope in kept if (left := emptied(envelope)) != envelope]
    if changed:
        connection.execute(text(_EMPTY[table]), changed)
    return len(changed)


def storable(connection: Connection, envelope: Envelope, body: bytes) -> bytes:
    """What may be stored of an event that failed: nothing personal when its subject was erased here."""
    if envelope.event.personal and _erased(connection, [envelope.subject]):
        return emptied(body.decode()).encode()
    return body


def storable_unread(connection: Connection, bodies: Sequence[bytes]) -> list[bytes]:
    """What may be stored of messages that cannot be read: nothing of those that name somebody who was erased here."""
    named = [{name.decode() for name in _ID.findall(body)} for body in bodies]
    erased = _erased(connection, set().union(*named)) if any(named) else set()
    return [b"" if names & erased else body for body, names in zip(bodies, named, strict=True)]


def _erased(connection: Connection, subjects: Collection[str]) -> set[str]:
    connection.execute(text(_STORING))
    return set(connection.execute(text(_NOTED), {"subjects": list(subjects)}).scalars())


def emptied(envelope: str) -> str:
    """The same envelope without its personal fields: null where the field allows it, else an empty text."""
    body: dict[str, Any] = json.loads(envelope)
    try:
        cls = event_class(body["type"])
    except ContractError:
        return envelope
    filled = [name for name in cls.personal & body["data"].keys() if body["data"][name]]
    if not filled:
        return envelope
    fields = schema_of(cls).fields
    body["data"].update({name: None if fields[name].allow_none else "" for name in filled})
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
