"""Plans reminders for many cases with one statement each batch: 650,000 cases must be plannable."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam
from sqlalchemy.dialects.postgresql import JSONB

from messaging.sql import text
from services.notifications.domain.programme import LadderStep, Programme, SessionReminder
from services.notifications.domain.purposes import ENDED

BATCH = 500

SETTLED = timedelta(hours=12)
"""A state younger than this is left alone: whoever has just registered needs no reminder to register further."""

SWEEP_EVERY = timedelta(minutes=1)

_WALK = text("""
    WITH walked AS MATERIALIZED (
        SELECT case_id, municipality, state, is_erased, learnt_at FROM cases
        WHERE programme_id = :programme_id AND learnt_at <= :settled
          AND (learnt_at, case_id) > (:cursor_at, :cursor_id)
        ORDER BY learnt_at, case_id LIMIT :batch
    ), planned AS (
        INSERT INTO messages (message_id, case_id, programme_id, municipality, purpose, text, parameters, lane, sequence,
                              wanted, for_states, state, send_after, useless_after, created_at)
        SELECT md5(case_id || :id_tail)::uuid::text, case_id, :programme_id, municipality, :purpose, :text, :parameters,
               'bulk', 0, :wanted, :states, 'planned', :due_at, :useless_after, :now
        FROM walked WHERE state = ANY (CAST(:states AS text[])) AND NOT is_erased
        ON CONFLICT DO NOTHING
    )
    SELECT case_id, learnt_at FROM walked ORDER BY learnt_at DESC, case_id DESC
""").bindparams(bindparam("parameters", type_=JSONB))

_SESSIONS = text("""
    INSERT INTO messages (message_id, case_id, programme_id, municipality, purpose, text, parameters, lane, sequence,
                          wanted, state, send_after, useless_after, created_at)
    SELECT id.message_id, c.case_id, c.programme_id, c.municipality, 'session_reminder', 'session_reminder',
           c.session || jsonb_build_object('booking_id', c.booking_id, 'revision', c.revision), 'bulk',
           c.placement_sequence, :wanted, 'planned', c.session_starts_at - :before, c.session_starts_at - :useless_before, :now
    FROM cases AS c,
         LATERAL (SELECT md5(c.case_id || '/session_reminder/' || c.booking_id || '/' || c.revision || :id_tail)::uuid::text
                  AS message_id) AS id
    WHERE c.programme_id = :programme_id AND c.placement = 'booked' AND NOT c.is_erased
      AND c.session_starts_at > CAST(:now AS timestamptz) + :useless_before
      AND c.session_starts_at <= CAST(:now AS timestamptz) + :before
      AND c.placed_at <= c.session_starts_at - :before - :settled
      AND NOT (coalesce(c.state, '') = ANY (CAST(:ended AS text[])))
      AND NOT EXISTS (SELECT 1 FROM messages AS m WHERE m.message_id = id.message_id)
    LIMIT :batch
    ON CONFLICT DO NOTHING
""")

_SWEEPS = text("SELECT programme_id, step, occasion, cursor_at, cursor_id, swept_at FROM sweeps")

_SAVE_SWEEP = text("""
    INSERT INTO sweeps (programme_id, step, occasion, cursor_at, cursor_id, swept_at)
    VALUES (:programme_id, :step, :occasion, :cursor_at, :cursor_id, :swept_at)
    ON CONFLICT (programme_id, step, occasion)
    DO UPDATE SET cursor_at = :cursor_at, cursor_id = :cursor_id, swept_at = :swept_at
""")

_BEGINNING = datetime.fromisoformat("1900-01-01T00:00:00+00:00")


class Plans:
    """Where each step of each programme has got to, and how it goes on."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._known: dict[tuple[str, str, str], dict[str, Any]] | None = None

    def walk_ladder(self, programme: Programme, step: LadderStep) -> int:
        """Plan a due step for the next batch of cases; returns how many cases were looked at.

        The walk follows the order in which states were learnt: whoever comes into a state while the step is still
        of use comes by later, and nobody is looked at twice.
        """
        sweep = self._sweep(programme.programme_id, step.purpose, step.occasion)
        if self._is_fresh(sweep):
            return 0
        cursor = {"cursor_at": sweep.get("cursor_at") or _BEGINNING, "cursor_id": sweep.get("cursor_id") or ""}
        walked = self._connection.execute(_WALK, {**cursor, **self._ladder_parameters(programme, step)}).all()
        if walked:
            cursor = {"cursor_at": walked[0].learnt_at, "cursor_id": walked[0].case_id}
        done = {"swept_at": self._now if len(walked) < BATCH else None}
        self._save(programme.programme_id, step.purpose, step.occasion, {**cursor, **done})
        return len(walked)

    def remind_of_sessions(self, programme: Programme, reminder: SessionReminder) -> int:
        """Plan a reminder for a batch of booked cases whose session is near; returns how many were planned."""
        hours = int(reminder.before / timedelta(hours=1))
        step = f"session:{hours}"
        sweep = self._sweep(programme.programme_id, step, "")
        if self._is_fresh(sweep):
            return 0
        parameters = {
            "programme_id": programme.programme_id,
            "wanted": list(reminder.channels),
            "before": reminder.before,
            "useless_before": reminder.useless_before,
            "id_tail": f"/{hours}",
            "settled": SETTLED,
            "ended": sorted(ENDED),
            "now": self._now,
            "batch": BATCH,
        }
        planned = self._connection.execute(_SESSIONS, parameters).rowcount
        done = {"cursor_at": None, "cursor_id": None, "swept_at": self._now if planned < BATCH else None}
        self._save(programme.programme_id, step, "", done)
        return planned

    def _ladder_parameters(self, programme: Programme, step: LadderStep) -> dict[str, Any]:
        return {
            "programme_id": programme.programme_id,
            "settled": self._now - SETTLED,
            "batch": BATCH,
            "id_tail": f"/{step.purpose}/{step.occasion}",
            "purpose": step.purpose,
            "text": step.text,
            "parameters": {"due_at": step.due_at.isoformat()},
            "wanted": list(step.channels),
            "states": list(step.states),
            "due_at": step.due_at,
            "useless_after": step.useless_after,
            "now": self._now,
        }

    def _is_fresh(self, sweep: dict[str, Any]) -> bool:
        swept_at = sweep.get("swept_at")
        return swept_at is not None and abs(self._now - swept_at) < SWEEP_EVERY

    def _sweep(self, programme_id: str, step: str, occasion: str) -> dict[str, Any]:
        """How far a step has got; all of them, a few for each programme, are asked for once."""
        if self._known is None:
            rows = self._connection.execute(_SWEEPS).mappings()
            self._known = {(row["programme_id"], row["step"], row["occasion"]): dict(row) for row in rows}
        return self._known.get((programme_id, step, occasion), {})

    def _save(self, programme_id: str, step: str, occasion: str, progress: dict[str, Any]) -> None:
        key = {"programme_id": programme_id, "step": step, "occasion": occasion}
        self._connection.execute(_SAVE_SWEEP, {**key, **progress})
        if self._known is not None:
            self._known[programme_id, step, occasion] = progress
