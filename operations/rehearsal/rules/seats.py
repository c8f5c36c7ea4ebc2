"""Rules 2, 3 and 4: seats, coaches, rooms, accreditation, languages and levels. All in scheduling's database."""

from operations.rehearsal.rules.rule import SqlRule

_SEATED = "('held', 'booked', 'attended', 'no_show')"


def _never_in_two_places(who: str) -> str:
    return f"""
        SELECT one.{who}, one.session_id, other.session_id AS also_in, one.starts_at
        FROM sessions one JOIN sessions other USING ({who})
        WHERE one.session_id < other.session_id AND one.state <> 'cancelled' AND other.state <> 'cancelled'
          AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at
    """


SEAT_RULES = (
    SqlRule(
        "A seat is never sold twice (rule 2).",
        "scheduling",
        f"""
        SELECT session_id, seat_number, count(*) AS sold FROM bookings WHERE state IN {_SEATED}
        GROUP BY session_id, seat_number HAVING count(*) > 1
        """,
    ),
    SqlRule(
        "A session never has more bookings than seats (rule 2).",
        "scheduling",
        f"""
        SELECT session_id, s.seats, count(*) AS sold FROM sessions s JOIN bookings b USING (session_id)
        WHERE b.state IN {_SEATED} GROUP BY session_id, s.seats HAVING count(*) > s.seats
        """,
    ),
    SqlRule(
        "The seats counted as taken are those that have a booking (rule 2).",
        "scheduling",
        f"""
        SELECT s.session_id, s.taken, count(b.booking_id) AS sold
        FROM sessions s LEFT JOIN bookings b ON b.session_id = s.session_id AND b.state IN {_SEATED}
        WHERE s.state <> 'cancelled' GROUP BY s.session_id, s.taken HAVING count(b.booking_id) <> s.taken
        """,
    ),
    SqlRule("A coach is never in two places at once (rule 2).", "scheduling", _never_in_two_places("coach_id")),
    SqlRule("A room is never used twice at once (rule 2).", "scheduling", _never_in_two_places("room_number")),
    SqlRule(
        "An organisation is never in two places at once (rule 2).",
        "scheduling",
        """
        SELECT one.organisation_id, one.booking_id, other.booking_id AS also FROM bookings one
        JOIN bookings other USING (organisation_id)
        WHERE one.booking_id < other.booking_id AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at
          AND one.state IN ('held', 'booked', 'attended') AND other.state IN ('held', 'booked', 'attended')
        """,
    ),
    SqlRule(
        "A case has at most one booking that lies ahead (rule 2).",
        "scheduling",
        """
        SELECT case_id, count(*) AS live FROM bookings WHERE state IN ('held', 'booked')
        GROUP BY case_id HAVING count(*) > 1
        """,
    ),
    SqlRule(
        "A booking keeps the hours of its session (rule 2).",
        "scheduling",
        f"""
        SELECT b.booking_id, b.starts_at, s.starts_at AS session_starts_at FROM bookings b JOIN sessions s USING (session_id)
        WHERE b.state IN {_SEATED} AND (b.starts_at, b.ends_at) <> (s.starts_at, s.ends_at)
        """,
    ),
    SqlRule(
        "A coach is accredited for every topic of a booking on the day of the session (rule 3).",
        "scheduling",
        f"""
        SELECT b.booking_id, s.coach_id, wanted.topic, s.day FROM bookings b JOIN sessions s USING (session_id)
        CROSS JOIN LATERAL unnest(b.topics) AS wanted(topic)
        WHERE b.state IN {_SEATED} AND NOT EXISTS (
            SELECT FROM accreditations a
            WHERE a.coach_id = s.coach_id AND a.topic = wanted.topic AND a.expires_on >= s.day)
        """,
    ),
    SqlRule(
        "A coach speaks the language of everybody booked (rule 3).",
        "scheduling",
        f"""
        SELECT b.booking_id, b.language, s.coach_id FROM bookings b JOIN sessions s USING (session_id)
        JOIN coaches c ON c.coach_id = s.coach_id
        WHERE b.state IN {_SEATED} AND b.language <> ALL (c.languages)
        """,
    ),
    SqlRule(
        "A coach only gives the forms of help that they give, and an organisation only gets those it accepts (rule 3).",
        "scheduling",
        f"""
        SELECT b.booking_id, s.form FROM bookings b JOIN sessions s USING (session_id)
        JOIN coaches c ON c.coach_id = s.coach_id JOIN cases k ON k.case_id = b.case_id
        WHERE b.state IN {_SEATED} AND (s.form <> ALL (c.forms) OR s.form <> ALL (k.help_forms))
        """,
    ),
    SqlRule(
        "A course takes organisations of its level only (rule 4).",
        "scheduling",
        f"""
        WITH own AS (
            SELECT case_id, (SELECT avg(value::numeric) FROM jsonb_each_text(levels)) AS mean FROM cases
        )
        SELECT b.booking_id, s.level, round(own.mean, 2) AS mean FROM bookings b JOIN sessions s USING (session_id)
        JOIN own ON own.case_id = b.case_id
        WHERE b.state IN {_SEATED} AND s.form = 'course' AND s.level IS NOT NULL
          AND s.level <> CASE WHEN own.mean < 1 THEN 'beginner' WHEN own.mean < 2 THEN 'intermediate' ELSE 'advanced' END
        """,
    ),
)
