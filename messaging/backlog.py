"""What waits in a service's database, looked up now and then by its active relay and shown in its metrics."""

import time

from sqlalchemy import Connection, text

from frist_contracts import Lane
from messaging import metrics

LOOK_SECONDS = 5.0
MOST_COUNTED = 100_000
"""Beyond, counting would cost more than the figure is worth: it shows this many."""

_WAITING = text("""
    SELECT lane.name AS lane,
           (SELECT count(*) FROM (SELECT FROM outbox WHERE published_at IS NULL AND outbox.lane = lane.name LIMIT :most) AS counted)
               AS unpublished,
           (SELECT extract(epoch FROM clock_timestamp() - stored_at)::float FROM outbox
            WHERE published_at IS NULL AND outbox.lane = lane.name ORDER BY position LIMIT 1) AS oldest,
           (SELECT count(*) FROM (SELECT FROM retries WHERE retries.lane = lane.name LIMIT :most) AS counted) AS retries,
           (SELECT count(*) FROM (SELECT FROM parked WHERE state = 'parked' AND parked.lane = lane.name LIMIT :most) AS counted)
               AS parked
    FROM unnest(CAST(:lanes AS text[])) AS lane (name)
""")
_GAUGES = (metrics.outbox_waiting, metrics.outbox_oldest, metrics.retries_waiting, metrics.parked_open)


class Backlog:
    """Of one service; only its active relay shows it, so that the figures of all replicas can be added up."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._looked_at = 0.0

    def look(self, connection: Connection) -> None:
        """Bring the gauges up to date, when it is time."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        for row in connection.execute(_WAITING, {"most": MOST_COUNTED, "lanes": [lane.value for lane in Lane]}):
            for gauge, value in zip(_GAUGES, (row.unpublished, row.oldest or 0, row.retries, row.parked), strict=True):
                gauge.labels(self._service, row.lane).set(value)

    def hide(self) -> None:
        """Another relay may be the active one now: say nothing that may be out of date."""
        self._looked_at = 0.0
        for gauge in _GAUGES:
            gauge.clear()
