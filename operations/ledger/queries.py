"""What the ledger asks the services' databases."""

CHUNK = 20_000
"""Rows looked at in one go: bounds the memory whatever the size of the log."""

OUTBOX = """
    SELECT position, type,
           published_at IS NULL OR published_at > clock_timestamp() - interval '10 seconds' AS is_on_its_way,
           lane, extract(epoch FROM clock_timestamp() - stored_at)::float AS age_seconds,
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest_open,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next_transaction
    FROM outbox WHERE position > %s ORDER BY position LIMIT %s
"""
THERE = """
    SELECT position FROM inbox WHERE producer = %(producer)s AND position > %(above)s AND position <= %(upto)s
    UNION ALL
    SELECT position FROM parked
    WHERE producer = %(producer)s AND position > %(above)s AND position <= %(upto)s AND state IN ('parked', 'discarded')
"""
PUBLISHED = "SELECT type, count(*) FROM outbox GROUP BY type"
APPLIED = "SELECT producer, count(*) FROM inbox WHERE type = ANY(%s) GROUP BY producer"
PARKED = """
    SELECT producer, state, count(DISTINCT event_id) FROM parked
    WHERE state IN ('parked', 'discarded') AND producer IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.event_id = parked.event_id)
    GROUP BY producer, state
"""
RETRIED = "SELECT position FROM retries WHERE producer = %s"
LAG = """
    SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(stored_at)), 0)::float
    FROM outbox WHERE published_at IS NULL
"""
STATE = """
    SELECT clock_timestamp() AS asked_at,
           (SELECT now FROM business_clock) AS business_now,
           (SELECT coalesce(max(position), 0) FROM outbox) AS top,
           EXISTS (SELECT 1 FROM outbox WHERE published_at IS NULL) OR EXISTS (SELECT 1 FROM retries) AS is_busy
"""
TIMERS = "SELECT name, ran_at, business_now, did, worked_at FROM timers"
ASK_TIMERS = "NOTIFY frist_bell"
