"""Remembers which events have taken effect, so that a second delivery changes nothing."""

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection, text

from frist_contracts import Envelope

_ADMIT = text("""
    INSERT INTO inbox (event_id, producer, position, type, lane)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS come (
        event_id uuid, producer text, position bigint, type text, lane text)
    ON CONFLICT DO NOTHING
    RETURNING event_id::text
""")


def admit(connection: Connection, envelopes: Sequence[Envelope]) -> list[Envelope]:
    """Mark events as applied in this transaction; returns those that were not applied before, in order."""
    distinct = {envelope.event_id: envelope for envelope in envelopes}
    values = list(distinct.values())
    rows = connection.execute(_ADMIT, {"rows": orjson.dumps([_record(envelope) for envelope in values]).decode()})
    new = set(rows.scalars())
    return [envelope for envelope in values if envelope.event_id in new]


def _record(envelope: Envelope) -> dict[str, object]:
    return {
        "event_id": envelope.event_id,
        "producer": envelope.producer,
        "position": envelope.event.position,
        "type": envelope.type,
        "lane": envelope.lane.value,
    }
