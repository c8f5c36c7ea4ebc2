"""Rule 9: who did what, when and on whose behalf is kept, and nothing personal is left of who was erased.

What was done is read where it was done (histories, bookings, event logs), not in the log of accesses that it is compared with.
A page notes that it opens a case to change it before it changes it: the line may be somewhat older than the change.
"""

import re
from collections.abc import Callable, Sequence

from frist_contracts.delivery import SERVICES
from operations.rehearsal.rules.rule import AcrossRule, Databases, Row, Rule, SqlRule

_ROWS_THAT_TELL = """
    SELECT '{tablename}' AS in_table, count(*) AS rows FROM {tablename} kept
    WHERE CASE WHEN kept::text LIKE ANY (%(any)s) THEN kept::text ~ %(pattern)s END HAVING count(*) > 0
"""
"""The dear comparison is made only where the cheap one finds something: the planner would begin with either."""

ACCESS_RULES: tuple[Rule, ...] = (
    SqlRule(
        "Whoever changed a case is in the log of accesses, with when and on whose behalf (rule 9).",
        "registration",
        """
        SELECT case_id, what, done_by, happened_at FROM case_history
        WHERE done_by <> 'programme' AND NOT EXISTS (
            SELECT FROM access_log log
            WHERE log.subject = 'case:' || case_id
              AND log.at BETWEEN happened_at - interval '1 minute' AND happened_at AND CASE
                WHEN done_by = 'organisation' THEN log.action = 'change' AND log.actor_kind IN ('anyone', 'organisation')
                WHEN log.actor_kind || ':' || log.actor_id IS DISTINCT FROM done_by THEN false
                WHEN what = 'erased' THEN log.action = 'erase'
                ELSE log.action = 'change' AND log.on_behalf_of = log.subject END)
        """,
    ),
    SqlRule(
        "Whoever sent a register is in the log of accesses (rule 9).",
        "registration",
        """
        SELECT run_id, programme_id, started_by FROM import_runs
        WHERE NOT EXISTS (
            SELECT FROM access_log log
            WHERE log.subject = 'register:' || programme_id AND log.action = 'change'
              AND log.actor_kind || ':' || log.actor_id = started_by)
        """,
    ),
    SqlRule(
        "Whoever moved or cancelled a seat is in the log of accesses, with when (rule 9).",
        "scheduling",
        """
        SELECT subject AS case_id, type, by, done_at FROM (
            SELECT subject, type, (envelope::jsonb ->> 'time')::timestamptz AS done_at,
                   coalesce(envelope::jsonb #>> '{data,moved_by}', envelope::jsonb #>> '{data,cancelled_by}') AS by
            FROM outbox WHERE split_part(type, '.', 2) IN ('booking_moved', 'booking_cancelled')) done
        WHERE by <> 'programme' AND NOT EXISTS (
            SELECT FROM access_log log
            WHERE log.subject = 'case:' || done.subject
              AND log.at BETWEEN done_at - interval '1 minute' AND done_at AND log.action = 'change'
              AND log.actor_kind = ANY (CASE WHEN by = 'organisation' THEN ARRAY['anyone', 'organisation']
                                        ELSE ARRAY['staff', 'key'] END))
        """,
    ),
    SqlRule(
        "Whoever recorded who came is in the log of accesses, and so is that they looked at who comes (rule 9).",
        "scheduling",
        """
        SELECT booking_id, case_id, b.recorded_at FROM bookings b JOIN sessions s USING (session_id)
        WHERE b.recorded_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM access_log log JOIN access_log look USING (actor_kind, actor_id)
            WHERE log.subject = 'case:' || case_id
              AND log.at BETWEEN b.recorded_at - interval '1 minute' AND b.recorded_at AND log.action = 'change'
              AND actor_kind IN ('staff', 'key') AND look.entry < log.entry
              AND ((look.action = 'export' AND look.subject = 'day:' || s.day)
                OR (look.action = 'read' AND look.subject = log.subject)))
        """,
    ),
    SqlRule(
        "Whoever said that a letter came back is in the log of accesses (rule 9).",
        "notifications",
        """
        SELECT message_id, case_id FROM messages
        WHERE channel = 'letter' AND reason = 'returned' AND NOT EXISTS (
            SELECT FROM access_log log WHERE log.subject = 'message:' || message_id AND log.action = 'change')
        """,
    ),
    SqlRule(
        "Whoever answered a survey is in the log of accesses, with when (rule 9).",
        "reporting",
        """
        SELECT survey_id, case_id, answered_at FROM surveys
        WHERE answered_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM access_log log
            WHERE log.subject = 'case:' || case_id
              AND log.at BETWEEN answered_at - interval '1 minute' AND answered_at AND log.action = 'change')
        """,
    ),
    *(
        SqlRule(
            f"Every line of the log of accesses of {service} says who it was, and names nobody but by id (rule 9).",
            service,
            """
            SELECT entry, actor_kind, actor_id, action, subject, on_behalf_of FROM access_log
            WHERE (actor_kind <> 'anyone' AND coalesce(actor_id, '') = '') OR (actor_kind = 'staff' AND role IS NULL)
               OR subject || coalesce(on_behalf_of, '') ~ '[@\\s]'
            """,
        )
        for service in SERVICES
    ),
)


def erasure_rules(traces: Sequence[str]) -> tuple[Rule, ...]:
    """The rules about the erased, of whom `traces` are the numbers, addresses and phones that nobody else has."""
    return (
        AcrossRule("Who was erased is erased in every service, and counted as before (rule 9).", _erased_everywhere),
        AcrossRule("Nothing personal is left of who was erased, in any table (rule 9).", _left_of(traces)),
    )


def _erased_everywhere(databases: Databases) -> list[Row]:
    """Cases erased in registration that are unknown, or not erased, somewhere else."""
    erased = databases.rows("registration", "SELECT case_id::text AS case_id FROM cases WHERE erased")
    told = {service: databases.rows(service, "SELECT subject AS case_id FROM erasures") for service in SERVICES}
    counted = databases.rows("reporting", "SELECT case_id FROM cases WHERE erased")
    there = {name: {row["case_id"] for row in rows} for name, rows in {**told, "counted": counted}.items()}
    return [
        {**row, "not_in": name} for row in erased for name, case_ids in there.items() if row["case_id"] not in case_ids
    ]


def _left_of(traces: Sequence[str]) -> Callable[[Databases], list[Row]]:
    """Every row of every table as a text, in which bytes are hexadecimal digits; a number inside a longer one is no trace."""
    bytes_of_traces = [trace.encode().hex() for trace in traces]
    parameters = {
        "any": [f"%{text}%" for text in (*traces, *bytes_of_traces)],
        "pattern": rf"(^|\W)({'|'.join(map(re.escape, traces))})(\W|$)|{'|'.join(bytes_of_traces)}",
    }

    def find(databases: Databases) -> list[Row]:
        if not traces:
            return []
        return [
            {"service": service, **row}
            for service in SERVICES
            for table in databases.rows(service, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            for row in databases.rows(service, _ROWS_THAT_TELL.format(**table), parameters)
        ]

    return find
