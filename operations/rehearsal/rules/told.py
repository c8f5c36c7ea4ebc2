"""Rules 5, 6 and 7: who has to be told is told at once, who must not be bothered is not, paper reaches the rest."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from operations.rehearsal.rules.rule import AcrossRule, Databases, Row, Rule, SqlRule

_REMINDS = "(purpose = 'session_reminder' OR purpose LIKE 'ladder:%%')"
_ASKS = "(purpose = 'survey_invitation')"
_LATELY = "PARTITION BY case_id ORDER BY settled_at RANGE BETWEEN %(window)s PRECEDING AND CURRENT ROW"
"""A day of a rehearsal is one moment: a reminder of the same one may have come after the question how it went."""
_TO_BE_PRINTED = """
    (state = 'planned' AND channel = 'letter'
     AND created_at > (SELECT max(created_at) FROM messages) - interval '4 days')"""
"""A letter waits for the next print run, on the next business day."""

_TOLD_AT_ONCE = ("booking_confirmed", "booking_moved", "booking_cancelled")
_WAITED_FOR = (*_TOLD_AT_ONCE, "registration_receipt", "link_sent_again", "staff_sign_in")
"""Somebody has just acted and waits for it, at night too (docs/decisions/0028)."""


def telling_rules(definition: dict[str, Any]) -> tuple[Rule, ...]:
    """The rules about the messages of a programme."""
    return (
        AcrossRule("Every confirmation, change and cancellation is told (rules 5 and 6).", _untold),
        SqlRule(
            "A confirmation, change or cancellation is told at once (rule 6).",
            "notifications",
            """
            SELECT message_id, purpose, created_at, settled_at FROM messages
            WHERE state = 'sent' AND purpose = ANY (%(purposes)s) AND channel <> 'letter'
              AND settled_at > created_at + interval '1 hour' AND follows IS NULL
            """,
            {"purposes": list(_TOLD_AT_ONCE)},
        ),
        AcrossRule("No reminder is sent to a case after its end (rule 6).", _reminded_after_the_end),
        SqlRule(
            "No message is sent past the time it is of use (rule 6).",
            "notifications",
            "SELECT message_id, purpose, settled_at FROM messages WHERE state = 'sent' AND settled_at > useless_after",
        ),
        *_sparing_rules(definition),
        AcrossRule("An organisation without e-mail and phone gets letters (rule 7).", _unreached_on_paper),
    )


def _sparing_rules(definition: dict[str, Any]) -> tuple[Rule, ...]:
    quiet, cap = definition["quiet_hours"], definition["cap"]
    hours = {"zone": definition["time_zone"], "from": _clock(quiet["from"]), "to": _clock(quiet["to"])}
    here = {"programme_id": str(definition["programme_id"])}
    hours |= {"waited_for": list(_WAITED_FOR), **here}
    return (
        SqlRule(
            "Nobody hears from the programme in the quiet hours, letters and what is waited for apart (rule 6).",
            "notifications",
            """
            SELECT message_id, purpose, channel, settled_at FROM (
                SELECT *, (settled_at AT TIME ZONE %(zone)s)::time AS clock FROM messages) sent
            WHERE programme_id = %(programme_id)s AND state = 'sent' AND channel <> 'letter'
              AND purpose <> ALL (%(waited_for)s) AND CASE
                WHEN %(from)s <= %(to)s THEN clock >= %(from)s AND clock < %(to)s
                ELSE clock >= %(from)s OR clock < %(to)s END
            """,
            hours,
        ),
        SqlRule(
            "Nobody is reminded more often than the cap allows, or asked how it went when it is reached (rule 6).",
            "notifications",
            f"""
            SELECT case_id, purpose, settled_at, recent, earlier FROM (
                SELECT case_id, purpose, settled_at,
                    count(*) FILTER (WHERE {_REMINDS}) OVER ({_LATELY}) AS recent,
                    count(*) FILTER (WHERE {_REMINDS}) OVER ({_LATELY} EXCLUDE GROUP) AS earlier
                FROM messages WHERE programme_id = %(programme_id)s AND state = 'sent' AND ({_REMINDS} OR {_ASKS})) counted
            WHERE {_REMINDS} AND recent > %(most)s OR {_ASKS} AND earlier >= %(most)s
            """,
            {"window": f"{int(cap['days']) * 24 * 3600 - 1} seconds", "most": int(cap["messages"]), **here},
        ),
    )


def _clock(text: str) -> time:
    return time.fromisoformat(text)


def _untold(databases: Databases) -> list[Row]:
    """Changes of bookings in scheduling's event log that no message told, or a later one of the same case; the erased hear no more."""
    events = databases.rows(
        "scheduling",
        """
        SELECT subject AS case_id, split_part(type, '.', 2) AS purpose, (envelope::jsonb ->> 'sequence')::bigint AS sequence
        FROM outbox WHERE split_part(type, '.', 2) = ANY (%(purposes)s) ORDER BY position
        """,
        {"purposes": list(_TOLD_AT_ONCE)},
    )
    messages = databases.rows(
        "notifications",
        f"""
        SELECT case_id, purpose, sequence, state, reason, {_TO_BE_PRINTED} AS is_printed_next
        FROM messages WHERE purpose = ANY (%(purposes)s)
        """,
        {"purposes": list(_TOLD_AT_ONCE)},
    )
    at_the_counter = _cases_where(databases, "registered_by = 'staff'")
    erased = _cases_where(databases, "erased")
    return [row for row in _not_told(events, messages, at_the_counter) if row["case_id"] not in erased]


def _cases_where(databases: Databases, condition: str) -> set[str]:
    query = f"SELECT case_id::text AS case_id FROM cases WHERE {condition}"
    return {row["case_id"] for row in databases.rows("registration", query)}


def _not_told(events: list[Row], messages: list[Row], at_the_counter: set[str]) -> Iterable[Row]:
    """A letter that would come after the session is rightly not sent to who was told of the seat at the counter."""
    told = {(row["case_id"], row["purpose"], row["sequence"]): row for row in messages}
    newest_told: dict[str, int] = {}
    for row in messages:
        if row["state"] == "sent":
            newest_told[row["case_id"]] = max(row["sequence"], newest_told.get(row["case_id"], -1))
    for event in events:
        message = told.get((event["case_id"], event["purpose"], event["sequence"]))
        if message and message["reason"] == "useless_after" and event["case_id"] in at_the_counter:
            continue
        if message is None:
            yield {**event, "message": "none"}
        elif (
            message["state"] != "sent"
            and not message["is_printed_next"]
            and newest_told.get(event["case_id"], -1) < event["sequence"]
        ):
            yield {**event, "message": message["state"], "reason": message["reason"]}


def _reminded_after_the_end(databases: Databases) -> list[Row]:
    ends = {
        row["case_id"]: row["ended_at"]
        for row in databases.rows(
            "registration",
            """
            SELECT case_id::text AS case_id, min(happened_at) AS ended_at FROM case_history JOIN cases USING (case_id, state)
            WHERE state IN ('fulfilled', 'exempt', 'withdrawn', 'unreachable') GROUP BY case_id
            """,
        )
    }
    sent = databases.rows(
        "notifications",
        f"SELECT case_id, purpose, settled_at FROM messages WHERE state = 'sent' AND {_REMINDS}",
        {},
    )
    return [row for row in sent if _is_later(row["settled_at"], ends.get(row["case_id"]))]


def _is_later(sent_at: datetime, ended_at: datetime | None) -> bool:
    return ended_at is not None and sent_at > ended_at


def _unreached_on_paper(databases: Databases) -> list[Row]:
    """Cases without e-mail and phone that were sent to otherwise, or were heard from and got no letter at all."""
    paper = databases.rows(
        "registration",
        """
        SELECT case_id::text AS case_id, c.registered_at FROM cases c JOIN contacts k USING (case_id)
        WHERE coalesce(k.email, '') = '' AND coalesce(k.phone, '') = '' AND NOT c.erased
        """,
    )
    query = f"""
        SELECT case_id, channel, count(*) AS sent FROM messages
        WHERE state = 'sent' OR {_TO_BE_PRINTED} GROUP BY case_id, channel
    """
    sent = {(row["case_id"], row["channel"]): row["sent"] for row in databases.rows("notifications", query)}
    breaches = []
    for row in paper:
        letters = sent.get((row["case_id"], "letter"), 0)
        others = sent.get((row["case_id"], "email"), 0) + sent.get((row["case_id"], "sms"), 0)
        if others or (row["registered_at"] is not None and not letters):
            breaches.append({"case_id": row["case_id"], "letters": letters, "others": others})
    return breaches
