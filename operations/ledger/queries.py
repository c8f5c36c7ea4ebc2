"""What the ledger asks the services' databases."""

from messaging.horizon import TRANSACTIONS
from messaging.parked import IS_APPLIED

CHUNK = 20_000
"""Rows looked at in one go: bounds the memory whatever the size of the log."""

OUTBOX = f"""
    SELECT position, type,
           published_at IS NULL OR published_at > clock_timestamp() - interval '10 seconds' AS is_on_its_way,
           lane, stored_at, extract(epoch FROM clock_timestamp() - stored_at)::float AS age_seconds,
           {TRANSACTIONS}
    FROM outbox WHERE position > %s ORDER BY position LIMIT %s
"""
THERE = """
    SELECT position FROM inbox WHERE producer = %(producer)s AND position > %(above)s AND position <= %(upto)s
    UNION ALL
    SELECT position FROM parked
    WHERE producer = %(producer)s AND position > %(above)s AND position <= %(upto)s AND state IN ('parked', 'discarded')
"""
FIRST = "SELECT position FROM outbox WHERE stored_at >= %s ORDER BY position LIMIT 1"
LAST = "SELECT position FROM outbox WHERE stored_at < %s ORDER BY position DESC LIMIT 1"
TOP = "SELECT coalesce(max(position), 0) FROM outbox"
PUBLISHED = "SELECT count(*) FROM outbox WHERE type = ANY(%(types)s) AND position BETWEEN %(first)s AND %(last)s"
APPLIED = """
    SELECT count(*) FROM inbox
    WHERE producer = %(producer)s AND type = ANY(%(types)s) AND position BETWEEN %(first)s AND %(last)s
"""
"""With those that were discarded: they stand in the inbox so that they never take effect."""
PARKED = f"""
    SELECT count(DISTINCT event_id) FILTER (WHERE state = 'parked' AND NOT {IS_APPLIED}),
           count(DISTINCT event_id) FILTER (WHERE state = 'discarded')
    FROM parked WHERE producer = %(producer)s AND type = ANY(%(types)s) AND position BETWEEN %(first)s AND %(last)s
"""
DUPLICATES = "SELECT coalesce(sum(absorbed), 0)::bigint FROM duplicates WHERE producer = %(producer)s"
SETTLED = "SELECT producer, last_position FROM pages WHERE is_settled AND first_position = 1"
"""How far a consumer has compared each producer's pages, one after the other, and misses nothing."""

RETRIED = "SELECT position FROM retries WHERE producer = %s"
LAG = """
    SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(stored_at)), 0)::float
    FROM outbox WHERE published_at IS NULL
"""
LOOK = f"""
    WITH under_way AS MATERIALIZED (
        SELECT EXISTS (SELECT 1 FROM outbox WHERE published_at IS NULL) OR EXISTS (SELECT 1 FROM retries) AS is_busy)
    SELECT clock_timestamp(),
           (SELECT now FROM business_clock),
           (SELECT coalesce(max(position), 0) FROM outbox),
           is_busy,
           {TRANSACTIONS},
           CASE WHEN NOT is_busy THEN (
               SELECT json_agg(json_build_array(type, events, digest)) FROM (
                   SELECT type, count(*) AS events, bit_xor(hashint8extended(position, 0)) AS digest FROM outbox
                   WHERE position > %(floor)s AND position <= %(floor)s + %(span)s GROUP BY type) AS stored) END,
           CASE WHEN NOT is_busy THEN (
               SELECT json_agg(json_build_array(producer, type, events, digest)) FROM (
                   SELECT floors.producer, type, count(*) AS events, bit_xor(hashint8extended(position, 0)) AS digest
                   FROM unnest(%(producers)s::text[], %(floors)s::bigint[]) AS floors (producer, floor), LATERAL (
                       SELECT type, position FROM inbox
                       WHERE inbox.producer = floors.producer AND position > floor AND position <= floor + %(span)s
                       UNION
                       SELECT type, position FROM parked
                       WHERE parked.producer = floors.producer AND position > floor AND position <= floor + %(span)s
                         AND state IN ('parked', 'discarded')) AS done
                   GROUP BY floors.producer, type) AS taken) END,
           (SELECT json_agg(json_build_array(name, ran_at, business_now, did, worked_at)) FROM timers)
    FROM under_way
"""
"""How many events of each type stand above the floors, and a digest of their positions: two that agree are the same.

A service that has something on its way is not asked to count. Planning it takes the server three times as long as answering
it, so it is for connections that keep the plan (`WATCH`).
"""
ASK_TIMERS = """
    SELECT at, CAST(pg_notify('frist_bell', CAST(extract(epoch FROM at) AS text)) AS text)
    FROM (SELECT clock_timestamp() AS at) AS asking
"""
"""Have the timers look; the call says since when that is asked, as the answer does."""
WATCH = "LISTEN frist_rested; SET plan_cache_mode = force_generic_plan"
"""First of all on connections that ask the same few questions over and over."""
