"""Who was asked how it went, by the hash of their link, and the comments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from services.reporting.storage.tables import bookings, cases, surveys

_NOT_ERASED = ~exists().where(cases.c.case_id == surveys.c.case_id, cases.c.erased)
_FORM = select(bookings.c.form).where(bookings.c.booking_id == surveys.c.booking_id).scalar_subquery()
_OF_TOKEN = (
    select(surveys, _FORM.label("form"))
    .where(surveys.c.token_hash == bindparam("token_hash"))
    .where(_NOT_ERASED)
    .with_for_update(of=surveys)
)
_ANSWER = (
    update(surveys)
    .where(surveys.c.survey_id == bindparam("answered"), surveys.c.answered_at.is_(None))
    .where(_NOT_ERASED)  # once more: the statement that waited for the survey saw its case as it was before the wait
)


@dataclass(frozen=True)
class Survey:
    """One attended booking's survey; `form` is None while the booking is not counted, as during a rebuild."""

    survey_id: str
    programme_id: str
    municipality: str
    case_id: str
    answered_at: datetime | None
    form: str | None


class SurveyRepository:
    """The surveys of reporting's database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def invite(self, rows: Sequence[dict[str, Any]]) -> list[str]:
        """Add surveys; returns those that were not there before, without the ones of erased cases.

        Those are noted too: a rebuild, which hears of a session again before it hears of the erasure, invites nobody anew.
        """
        if not rows:
            return []
        erased = set(
            self._connection.execute(
                select(cases.c.case_id).where(cases.c.case_id.in_([row["case_id"] for row in rows]), cases.c.erased)
            ).scalars()
        )
        statement = insert(surveys).on_conflict_do_nothing().returning(surveys.c.survey_id, surveys.c.case_id)
        added = self._connection.execute(statement.values(list(rows)))
        return sorted(row.survey_id for row in added if row.case_id not in erased)

    def of_token(self, token_hash: bytes) -> Survey | None:
        """The survey of a link, unless its case was erased."""
        row = self._connection.execute(_OF_TOKEN, {"token_hash": token_hash}).first()
        return _survey(row) if row else None

    def answer(self, survey_id: str, comment: str | None, now: datetime) -> bool:
        """Note that it was answered, and the comment; False when it was answered before, or its case was erased just now."""
        values = {"answered": survey_id, "answered_at": now, "comment": comment or None}
        return self._connection.execute(_ANSWER, values).rowcount == 1

    def erase(self, case_ids: Sequence[str]) -> None:
        """Drop the comments of erased cases; that they answered stays counted."""
        self._connection.execute(update(surveys).where(surveys.c.case_id.in_(case_ids)).values(comment=None))

    def comments(self, programme_id: str, municipality: str, limit: int) -> list[dict[str, Any]]:
        """The newest comments of a municipality with when they were written, for its own staff."""
        answered = select(surveys.c.comment, surveys.c.answered_at).where(
            surveys.c.programme_id == programme_id,
            surveys.c.municipality == municipality,
            surveys.c.comment.is_not(None),
        )
        rows = self._connection.execute(answered.order_by(surveys.c.answered_at.desc()).limit(limit))
        return [dict(row) for row in rows.mappings()]


def _survey(row: "Row[Any]") -> Survey:
    return Survey(row.survey_id, row.programme_id, row.municipality, row.case_id, row.answered_at, row.form)
