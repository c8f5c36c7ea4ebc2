"""Remembers which events have taken effect, so that a second delivery changes nothing."""

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection, text

from frist_contracts import Envelope, Identity

_ADMIT = text("""
    INSERT INTO inbox (event_id, producer, position, type, lane)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS come (
        event_id uuid, producer text, position bigint, type text, lane text)
    ON CONFLICT DO NOTHING
    RETURNING producer, event_id::text
""")


def admit(connection: Connection, envelopes: Sequence[Envelope]) -> list[Envelope]:
    """Mark events as applied in this transaction; returns those that were not applied before, in order."""
    distinct = {envelope.identity: envelope for envelope in envelopes}
    records = [_record(envelope) for envelope in distinct.values()]
    rows = connection.execute(_ADMIT, {"rows": orjson.dumps(records).decode()})
    new = {Identity(*row) for row in rows}
    return [envelope for identity, envelope in distinct.items() if identity in new]


def _record(envelope: Envelope) -> dict[str, object]:
    return {
        "event_id": envelope.event_id,
        "producer": envelope.producer,
        "position": envelope.event.position,
        "type": envelope.type,
        "lane": envelope.lane.value,
    }
