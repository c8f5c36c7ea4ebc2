"""The SQL of each figure. Parameters: `programme_id`, `municipality` (or null), `time_zone`, `today`, `until`."""

_HERE = """programme_id = :programme_id
    AND (CAST(:municipality AS text) IS NULL OR municipality = CAST(:municipality AS text))"""

_DAY = "CAST(hour AT TIME ZONE :time_zone AS date)"

FIGURES: dict[str, str] = {
    "positions": "SELECT producer, position, newest_at FROM positions ORDER BY producer",
    "states": f"SELECT municipality, state, number FROM case_tallies WHERE {_HERE} ORDER BY municipality, state",
    "registrations": f"""
        SELECT {_DAY} AS day, sum(number)::bigint AS number FROM registration_tallies WHERE {_HERE} GROUP BY 1 ORDER BY 1""",
    "fulfilments": f"""
        SELECT {_DAY} AS day, sum(number)::bigint AS number FROM fulfilment_tallies WHERE {_HERE} GROUP BY 1 ORDER BY 1""",
    "seats": f"""
        SELECT municipality, sum(seats)::bigint AS seats, sum(taken)::bigint AS taken,
               sum(greatest(seats - taken, 0))::bigint AS free
        FROM capacity_days WHERE {_HERE} AND day BETWEEN :today AND :until GROUP BY 1 ORDER BY 1""",
    "seat_weeks": f"""
        SELECT CAST(date_trunc('week', day) AS date) AS week, form, sum(seats)::bigint AS seats,
               sum(taken)::bigint AS taken, sum(greatest(seats - taken, 0))::bigint AS free
        FROM capacity_days WHERE {_HERE} AND day BETWEEN :today AND :until GROUP BY 1, 2 ORDER BY 1, 2""",
    "waits": f"""
        SELECT reason, sum(number)::bigint AS number FROM placement_tallies
        WHERE {_HERE} AND state = 'waiting' GROUP BY 1 ORDER BY 2 DESC, 1""",
    "wanting": f"SELECT coalesce(sum(number), 0)::bigint AS number FROM placement_tallies WHERE {_HERE}",
    "bookings": f"""
        SELECT form, state, sum(number)::bigint AS number FROM booking_tallies WHERE {_HERE} GROUP BY 1, 2 ORDER BY 1, 2""",
    "topics": f"""
        SELECT topic, sum(number)::bigint AS sessions, sum(number * level_before)::bigint AS before,
               sum(number * level_after)::bigint AS after,
               coalesce(sum(number) FILTER (WHERE achieved), 0)::bigint AS achieved
        FROM topic_tallies WHERE {_HERE} GROUP BY 1 ORDER BY 1""",
    "sessions": f"""
        SELECT municipality, form, sessions, seats, attended FROM session_tallies WHERE {_HERE} ORDER BY 1, 2""",
    "messages": f"""
        SELECT purpose, channel, outcome, sum(number)::bigint AS number FROM message_tallies
        WHERE {_HERE} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
    "withheld": f"""
        SELECT outcome, reason, sum(number)::bigint AS number FROM message_tallies
        WHERE {_HERE} AND reason <> '' GROUP BY 1, 2 ORDER BY 3 DESC, 2""",
    "message_days": f"""
        SELECT {_DAY} AS day, channel, outcome, sum(number)::bigint AS number FROM message_hours
        WHERE programme_id = :programme_id AND CAST(:municipality AS text) IS NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
    "surveys": f"""
        SELECT municipality, score, first_visit, number FROM survey_tallies WHERE {_HERE} ORDER BY 1, 2, 3""",
    "lost_addresses": f"SELECT count(*) AS number FROM lost_addresses WHERE {_HERE}",
}
"""Every figure, each by its name."""

_HELD = """FROM sessions_held WHERE programme_id = :programme_id AND municipality = :municipality"""
_LINE = "session_id, event_id, form, starts_at, seats, attended"
_BEFORE = "(CAST(:before_at AS timestamptz) IS NULL OR (starts_at, session_id) < (:before_at, :before_id))"

SUBSIDY_LINES = f"SELECT {_LINE} {_HELD} ORDER BY starts_at, session_id"
"""What subsidies are paid for, in the order it was earned."""

NEWEST_SUBSIDY_LINES = f"""
    SELECT {_LINE} {_HELD} AND {_BEFORE} ORDER BY starts_at DESC, session_id DESC LIMIT :limit"""
"""The same from the newest on, a page of it."""

HELD_BEFORE = f"SELECT form, count(*) AS sessions {_HELD} AND {_BEFORE} GROUP BY form"
"""How many sessions of each form were held before one: what the ceiling has left depends on them."""

_MADE = """CASE WHEN CAST(event_id AS text) LIKE '______________7%'
    THEN CAST(CAST('x' || translate(left(CAST(event_id AS text), 13), '-', '') AS bit(48)) AS bigint) / 1000.0 END"""
"""When an event was made, in seconds of machine time: its id, if it is a UUIDv7, begins with that."""

DELIVERY = f"""
    SELECT (SELECT count(*) FROM retries) AS retries,
           (SELECT count(*) FROM parked WHERE state = 'parked') AS parked,
           (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS unpublished,
           (SELECT coalesce(json_agg(counted), '[]') FROM (
               SELECT producer, newest_at, by_lane.* FROM positions CROSS JOIN LATERAL (
                   SELECT lane, count(*) AS events, max(position) AS position,
                          extract(epoch FROM clock_timestamp() - max(applied_at))::bigint AS seconds_ago,
                          percentile_cont(0.5) WITHIN GROUP (ORDER BY lag) AS median_lag, max(lag) AS worst_lag
                   FROM (SELECT lane, position, applied_at,
                                CAST(extract(epoch FROM applied_at) - {_MADE} AS double precision) AS lag
                         FROM inbox WHERE producer = positions.producer ORDER BY position DESC LIMIT 1000) AS newest
                   GROUP BY lane) AS by_lane
               ORDER BY producer, lane DESC) AS counted) AS lanes"""
"""How the events arrive: what waits or was given up, and each producer's newest thousand events by lane, with the time
that they took from being made to being counted."""
