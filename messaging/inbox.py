"""Remembers which events have taken effect, so that a second delivery changes nothing."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from frist_contracts import Envelope

_ADMIT = text("""
    INSERT INTO inbox (event_id, producer, position, type, lane)
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:producers AS text[]), CAST(:positions AS bigint[]),
                         CAST(:types AS text[]), CAST(:lanes AS text[]))
    ON CONFLICT DO NOTHING
    RETURNING event_id::text
""")


def admit(connection: Connection, envelopes: Sequence[Envelope]) -> list[Envelope]:
    """Mark events as applied in this transaction; returns those that were not applied before, in order."""
    distinct = {envelope.event_id: envelope for envelope in envelopes}
    values = list(distinct.values())
    rows = connection.execute(
        _ADMIT,
        {
            "ids": list(distinct),
            "producers": [envelope.producer for envelope in values],
            "positions": [envelope.event.position for envelope in values],
            "types": [envelope.type for envelope in values],
            "lanes": [envelope.lane.value for envelope in values],
        },
    )
    new = set(rows.scalars())
    return [envelope for envelope in values if envelope.event_id in new]
