"""Takes personal data out of the events a service keeps: its own log, its retries and its parked messages."""

import json
from typing import Any

from sqlalchemy import Connection

from frist_contracts import ContractError, event_class
from frist_contracts.schema import schema_of
from messaging.sql import text


def erase_subject(connection: Connection, subject: str) -> int:
    """Empty the personal fields of all kept events about a subject; returns how many bodies were emptied."""
    rows = connection.execute(
        text("SELECT position, envelope FROM outbox WHERE private AND subject = :subject"), {"subject": subject}
    ).all()
    for row in rows:
        connection.execute(
            text("UPDATE outbox SET envelope = :envelope WHERE position = :position"),
            {"position": row.position, "envelope": emptied(row.envelope)},
        )
    return len(rows) + sum(_erase_bodies(connection, table, key, subject) for table, key in _KEPT)


_KEPT = (("retries", "event_id"), ("parked", "parked_id"))


def _erase_bodies(connection: Connection, table: str, key: str, subject: str) -> int:
    rows = connection.execute(
        text(f"SELECT {key} AS key, body FROM {table} WHERE subject = :subject"), {"subject": subject}
    ).all()
    for row in rows:
        connection.execute(
            text(f"UPDATE {table} SET body = :body WHERE {key} = :key"),
            {"key": row.key, "body": emptied(bytes(row.body).decode()).encode()},
        )
    return len(rows)


def emptied(envelope: str) -> str:
    """The same envelope without its personal fields: null where the field allows it, else an empty text."""
    body: dict[str, Any] = json.loads(envelope)
    try:
        cls = event_class(body["type"])
    except ContractError:
        return envelope
    fields = schema_of(cls).fields
    for name in cls.personal & body["data"].keys():
        body["data"][name] = None if fields[name].allow_none else ""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
