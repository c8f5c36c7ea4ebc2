"""The log of corrected records: what was recorded before, who put it right, when and why."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from messaging.sql import text
from services.scheduling.domain.placement import Attendance

_ADD = text("""
    INSERT INTO corrections (booking_id, corrected_at, corrected_by, reason, was)
    VALUES (:booking_id, :corrected_at, :corrected_by, :reason, CAST(:was AS jsonb))
""")


class CorrectionRepository:
    """Adds to the log of corrections, and reads it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, booking_id: str, before: Attendance, *, by: str, reason: str, now: datetime) -> None:
        """Keep what was recorded before, and why it no longer holds."""
        outcomes = [vars(outcome) for outcome in before.outcomes]
        was = {"attended": before.attended, "outcomes": outcomes, "rebook": before.rebook}
        facts = {"booking_id": booking_id, "corrected_at": now, "corrected_by": by, "reason": reason}
        self._connection.execute(_ADD, {**facts, "was": json.dumps(was)})

    def of_booking(self, booking_id: str) -> list[Any]:
        """A booking's corrections, the newest first."""
        statement = text("""
            SELECT corrected_at, corrected_by, reason, was FROM corrections WHERE booking_id = :booking_id
            ORDER BY correction_id DESC""")
        return list(self._connection.execute(statement, {"booking_id": booking_id}))

    def forget_reasons(self, case_id: str) -> None:
        """Remove what people wrote in free text of a case; that something was corrected stays."""
        statement = text("""
            UPDATE corrections SET reason = NULL
            WHERE booking_id IN (SELECT booking_id FROM bookings WHERE case_id = :case_id)""")
        self._connection.execute(statement, {"case_id": case_id})
