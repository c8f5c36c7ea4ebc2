"""Where each case stands, one row for each case."""

from datetime import datetime

from sqlalchemy import Connection

from messaging.sql import text
from services.scheduling.domain.case import Case

_SAVE = text("""
    INSERT INTO placements (case_id, programme_id, municipality, sequence, state, booking_id, missed, wished_at,
                            due_at, first_in_line, reason, looked_at)
    VALUES (:case_id, :programme_id, :municipality, :sequence, :state, :booking_id, :missed, :wished_at,
            :due_at, :first_in_line, :reason, :looked_at)
    ON CONFLICT (case_id) DO UPDATE SET
        municipality = excluded.municipality, sequence = excluded.sequence, state = excluded.state,
        booking_id = excluded.booking_id, missed = excluded.missed, wished_at = excluded.wished_at,
        due_at = excluded.due_at, first_in_line = excluded.first_in_line, reason = excluded.reason,
        looked_at = excluded.looked_at
""")


class PlacementRepository:
    """Writes placements; they are read together with their case."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, case: Case, looked_at: datetime | None = None) -> None:
        """Keep where the case stands; a waiting case is looked at again unless `looked_at` says it was."""
        placement = case.placement
        self._connection.execute(
            _SAVE,
            {
                "case_id": case.case_id,
                "programme_id": case.programme_id,
                "municipality": case.municipality,
                "sequence": placement.sequence,
                "state": placement.state,
                "booking_id": placement.booking_id,
                "missed": placement.missed,
                "wished_at": placement.wished_at,
                "due_at": case.due_at,
                "first_in_line": placement.first_in_line,
                "reason": placement.reason,
                "looked_at": looked_at,
            },
        )

    def look_again_for_visits(self, case_ids: list[str]) -> None:
        """Of these, who waits for a visit and has told where is looked at again."""
        statement = text("""
            UPDATE placements p SET looked_at = NULL FROM contacts k JOIN cases c ON c.case_id = k.case_id
            WHERE k.case_id = ANY(CAST(:case_ids AS text[])) AND p.case_id = k.case_id AND p.state = 'waiting'
              AND k.address IS NOT NULL AND 'visit' = ANY(c.help_forms)""")
        self._connection.execute(statement, {"case_ids": case_ids})

    def moved(self, case_ids: list[str]) -> list[str]:
        """Of these, who waits in the line of a municipality that the organisation has left."""
        statement = text("""
            SELECT p.case_id FROM placements p
            JOIN cases c ON c.case_id = p.case_id JOIN contacts k ON k.case_id = p.case_id
            WHERE p.case_id = ANY(CAST(:case_ids AS text[])) AND p.state = 'waiting'
              AND p.municipality <> CASE WHEN k.sequence > c.assessed_sequence THEN k.municipality ELSE c.municipality END
            ORDER BY p.case_id""")
        return list(self._connection.execute(statement, {"case_ids": case_ids}).scalars())

    def postpone(self, programme_id: str, due_at: datetime) -> None:
        """The programme's deadline changed: it presses the waiting from then on, and all are looked at again."""
        statement = text("""
            UPDATE placements SET due_at = :due_at, looked_at = NULL
            WHERE programme_id = :programme_id AND state = 'waiting'""")
        self._connection.execute(statement, {"programme_id": programme_id, "due_at": due_at})
