"""The messages of one unit of work: planned by handlers, claimed and settled by senders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, DateTime, Row, bindparam
from sqlalchemy.dialects.postgresql import JSONB

from messaging.sql import text
from services.notifications.domain.message import Message
from services.notifications.domain.purposes import ENDED

CLAIM_SECONDS = 30
"""How long a sender may hold a message, in machine time; a sender that died loses it then."""

_WITHHOLD = """
    UPDATE messages AS m
    SET state = 'withheld', reason = {reason}, settled_at = :now, version = m.version + 1, not_before = NULL
    FROM cases AS c
    WHERE c.case_id = m.case_id AND m.case_id = ANY (CAST(:case_ids AS text[])) AND m.state = 'planned' AND {condition}
    RETURNING m.*
"""

_PLAN = text("""
    INSERT INTO messages (message_id, case_id, programme_id, municipality, purpose, text, parameters, lane, sequence, wanted,
                          for_states, follows, channel, state, reason, send_after, useless_after, created_at, settled_at, version)
    SELECT message_id, case_id, programme_id, municipality, purpose, text, parameters, lane, sequence, wanted, for_states,
           follows, channel, state, reason, send_after, useless_after, :now, CASE WHEN state <> 'planned' THEN :now END, version
    FROM jsonb_populate_recordset(NULL::messages, :rows)
    ON CONFLICT DO NOTHING RETURNING message_id
""").bindparams(bindparam("rows", type_=JSONB), bindparam("now", type_=DateTime(timezone=True)))

_OUT_OF_STATE = text(
    _WITHHOLD.format(
        reason="CASE WHEN c.state = ANY (CAST(:ended AS text[])) THEN 'case_closed' ELSE 'state_changed' END",
        condition="m.for_states IS NOT NULL AND NOT (c.state = ANY (m.for_states))",
    )
)

_OUT_OF_PLACE = text(
    _WITHHOLD.format(
        reason="'superseded'",
        condition="m.purpose IN ('waiting', 'unplaced', 'session_reminder') AND m.sequence < c.placement_sequence",
    )
)

_OLDER_LINKS = text(
    _WITHHOLD.format(
        reason="'superseded'",
        condition="""m.purpose = 'link_sent_again' AND EXISTS (
            SELECT FROM messages AS n WHERE n.case_id = m.case_id AND n.purpose = m.purpose AND n.sequence > m.sequence)""",
    )
)

_ERASED = text(_WITHHOLD.format(reason="'erased'", condition="c.is_erased"))

_FOLLOW_MOVED = text("""
    UPDATE messages AS m SET municipality = c.municipality FROM cases AS c
    WHERE c.case_id = m.case_id AND m.case_id = ANY (CAST(:case_ids AS text[])) AND m.municipality <> c.municipality
""")

_FORGET = text("""
    UPDATE messages SET parameters = '{}', reason = CASE WHEN state = 'withheld' THEN 'erased' ELSE reason END
    WHERE case_id = :case_id
""")

_IS_DUE = """
    FROM messages WHERE state = 'planned' AND lane = :lane AND channel IS DISTINCT FROM 'letter' AND send_after <= :now
    AND (not_before IS NULL OR not_before <= clock_timestamp())
"""
_DUE = text(f"SELECT * {_IS_DUE} ORDER BY send_after, sequence, message_id LIMIT :limit FOR UPDATE SKIP LOCKED")

_DUE_LETTERS = text("""
    SELECT * FROM messages
    WHERE state = 'planned' AND channel = 'letter' AND programme_id = :programme_id AND send_after <= :cut_off
      AND (not_before IS NULL OR not_before <= clock_timestamp())
    ORDER BY send_after, message_id LIMIT :limit FOR UPDATE SKIP LOCKED
""")

_ABANDONED = "state = 'sending' AND claimed_until < clock_timestamp()"
IS_ANY_ABANDONED = f"EXISTS (SELECT FROM messages WHERE {_ABANDONED})"
"""For a timer: whether `Messages.release_abandoned` would find one."""

IS_ANY_LETTER_PLANNED = (
    "EXISTS (SELECT FROM messages WHERE state = 'planned' AND channel = 'letter' AND send_after <= :now)"
)
"""For a timer: whether a print run may find a letter, now or later."""

_RECENT = text("""
    SELECT case_id, settled_at FROM messages
    WHERE case_id = ANY (CAST(:case_ids AS text[])) AND state IN ('sent', 'sending') AND settled_at > :since
      AND (purpose = 'session_reminder' OR purpose LIKE 'ladder:%')
""")

_CHANGE = text(f"""
    UPDATE messages AS m
    SET state = d.state, reason = d.reason, channel = d.channel, send_after = coalesce(d.send_after, m.send_after),
        attempts = d.attempts, batch_id = d.batch_id, page = d.page,
        version = m.version + CASE WHEN d.state IN ('planned', 'sending') THEN 0 ELSE 1 END + d.told,
        settled_at = CASE WHEN d.state = 'planned' THEN NULL ELSE CAST(:now AS timestamptz) END,
        not_before = CASE WHEN d.retry_in > 0 THEN clock_timestamp() + make_interval(secs => d.retry_in) END,
        claim = CASE WHEN d.state = 'sending' THEN :claim END,
        claimed_until = CASE WHEN d.state = 'sending' THEN clock_timestamp() + interval '{CLAIM_SECONDS} seconds' END,
        parameters = CASE WHEN m.case_id IS NULL AND d.state NOT IN ('planned', 'sending') THEN '{{}}' ELSE m.parameters END
    FROM unnest(CAST(:ids AS text[]), CAST(:states AS text[]), CAST(:reasons AS text[]), CAST(:channels AS text[]),
                CAST(:send_afters AS timestamptz[]), CAST(:attempts AS integer[]), CAST(:waits AS float[]),
                CAST(:told AS integer[]), CAST(:batches AS text[]), CAST(:pages AS integer[]))
         AS d(message_id, state, reason, channel, send_after, attempts, retry_in, told, batch_id, page)
    WHERE m.message_id = d.message_id AND (m.state = 'planned' OR m.claim = :claim)
    RETURNING m.message_id, m.version
""")

_FAIL_SENT = text("""
    UPDATE messages SET state = 'failed', reason = :reason, settled_at = :now, version = version + 1
    WHERE message_id = :message_id AND state = 'sent' RETURNING version
""")

_RELEASE = text(f"""
    UPDATE messages SET state = 'planned', claim = NULL, claimed_until = NULL, settled_at = NULL WHERE {_ABANDONED}
""")


def is_any_due(lane: str) -> str:
    """For a timer: whether `Messages.due` would find one, if nobody else holds it."""
    return "EXISTS (SELECT {})".format(_IS_DUE.replace(":lane", f"'{lane}'"))


@dataclass(frozen=True, kw_only=True)
class Change:
    """Where a message stands from here on; `retry_in` is in seconds of machine time, `told` counts extra events."""

    message: Message
    state: str
    channel: str | None = None
    reason: str | None = None
    send_after: datetime | None = None
    attempts: int = 0
    retry_in: float = 0
    told: int = 0
    batch_id: str | None = None
    page: int | None = None


class Messages:
    """The messages of one unit of work."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def plan(self, drafts: Sequence[Message]) -> set[str]:
        """Keep the messages; returns the ids of those that were not there already."""
        if not drafts:
            return set()
        return set(self._connection.execute(_PLAN, {"rows": list(map(_as_row, drafts)), "now": self._now}).scalars())

    def withhold_out_of_state(self, case_ids: Sequence[str]) -> list[Message]:
        """Stop the steps that were meant for states the cases have left."""
        parameters = {"case_ids": list(case_ids), "now": self._now, "ended": sorted(ENDED)}
        return self._rows(_OUT_OF_STATE, parameters) if case_ids else []

    def withhold_out_of_place(self, case_ids: Sequence[str]) -> list[Message]:
        """Stop what speaks of a place the cases no longer have."""
        return self._rows(_OUT_OF_PLACE, {"case_ids": list(case_ids), "now": self._now})

    def withhold_older_links(self, case_ids: Sequence[str]) -> list[Message]:
        """Stop the links of these cases beside a newer one: they would say the same."""
        return self._rows(_OLDER_LINKS, {"case_ids": list(case_ids), "now": self._now})

    def follow_moved(self, case_ids: Sequence[str]) -> None:
        """Have the messages of these cases where the cases are: whoever may see a case sees what it was told."""
        self._connection.execute(_FOLLOW_MOVED, {"case_ids": list(case_ids)})

    def erase(self, case_id: str) -> list[Message]:
        """Stop what is planned for an erased case, and forget every parameter of its messages."""
        stopped = self._rows(_ERASED, {"case_ids": [case_id], "now": self._now})
        self._connection.execute(_FORGET, {"case_id": case_id})
        return stopped

    def due(self, lane: str, limit: int) -> list[Message]:
        """Messages of a lane whose time has come, oldest first; nobody else gets them until the commit."""
        return self._rows(_DUE, {"lane": lane, "now": self._now, "limit": limit})

    def due_letters(self, programme_id: str, cut_off: datetime, limit: int) -> list[Message]:
        """Letters of a programme that go with the print run of `cut_off`."""
        return self._rows(_DUE_LETTERS, {"programme_id": programme_id, "cut_off": cut_off, "limit": limit})

    def recent_reminders(self, case_ids: Sequence[str], since: datetime) -> dict[str, list[datetime]]:
        """When each case got the messages that count for the cap."""
        found: dict[str, list[datetime]] = {}
        for row in self._connection.execute(_RECENT, {"case_ids": list(case_ids), "since": since}):
            found.setdefault(row.case_id, []).append(row.settled_at)
        return found

    def change(self, changes: Sequence[Change], claim: str = "") -> dict[str, int]:
        """Set where the messages stand. Only planned ones and those of this claim change; returns their versions."""
        if not changes:
            return {}
        parameters = {
            "ids": [change.message.message_id for change in changes],
            "states": [change.state for change in changes],
            "reasons": [change.reason for change in changes],
            "channels": [change.channel for change in changes],
            "send_afters": [change.send_after for change in changes],
            "attempts": [change.attempts for change in changes],
            "waits": [float(change.retry_in) for change in changes],
            "told": [change.told for change in changes],
            "batches": [change.batch_id for change in changes],
            "pages": [change.page for change in changes],
            "claim": claim,
            "now": self._now,
        }
        return {row.message_id: row.version for row in self._connection.execute(_CHANGE, parameters)}

    def fail_sent(self, message_id: str, reason: str) -> int | None:
        """What was sent did not arrive; returns the message's version, or None when it was not sent."""
        parameters = {"message_id": message_id, "reason": reason, "now": self._now}
        return self._connection.execute(_FAIL_SENT, parameters).scalar()

    def note_delivered(self, message_id: str) -> None:
        """The other side says that it arrived."""
        query = "UPDATE messages SET reason = 'delivered' WHERE message_id = :message_id AND state = 'sent'"
        self._connection.execute(text(query), {"message_id": message_id})

    def release_abandoned(self) -> int:
        """Give back what senders claimed and never settled, because they died."""
        return self._connection.execute(_RELEASE).rowcount

    def _rows(self, query: Any, parameters: dict[str, Any]) -> list[Message]:
        return [as_message(row) for row in self._connection.execute(query, parameters)]


def _as_row(message: Message) -> dict[str, Any]:
    """What is known of a message when it is planned, as JSON has it."""
    return {
        "message_id": message.message_id,
        "case_id": message.case_id,
        "programme_id": message.programme_id,
        "municipality": message.municipality,
        "purpose": message.purpose,
        "text": message.text,
        "parameters": message.parameters,
        "lane": message.rules.lane,
        "sequence": message.sequence,
        "wanted": message.wanted,
        "for_states": message.for_states,
        "follows": message.follows,
        "channel": message.channel,
        "state": message.state,
        "reason": message.reason,
        "send_after": message.send_after.isoformat(),
        "useless_after": message.useless_after.isoformat(),
        "version": message.version,
    }


def as_message(row: Row[Any]) -> Message:
    """The message of a row."""
    return Message(
        message_id=row.message_id,
        case_id=row.case_id,
        programme_id=row.programme_id,
        municipality=row.municipality,
        purpose=row.purpose,
        text=row.text,
        send_after=row.send_after,
        useless_after=row.useless_after,
        parameters=row.parameters,
        sequence=row.sequence,
        wanted=tuple(row.wanted) if row.wanted is not None else None,
        for_states=tuple(row.for_states) if row.for_states is not None else None,
        channel=row.channel,
        state=row.state,
        reason=row.reason,
        attempts=row.attempts,
        version=row.version,
        follows=row.follows,
        created_at=row.created_at,
        settled_at=row.settled_at,
    )
