"""Cases: what they need and whether they are still open, each aspect with the last sequence it was told at."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from frist_contracts.registration import CaseAssessed
from messaging.sql import text
from services.scheduling.domain.case import Case
from services.scheduling.domain.need import Need, level_of
from services.scheduling.domain.placement import Placement
from services.scheduling.domain.programme import ProgrammeRules
from services.scheduling.storage.programmes import RULES_VERSION, rules_of

_ASSESS = text("""
    INSERT INTO cases (case_id, programme_id, municipality, organisation_id, assessed_sequence, levels, topics,
                       help_forms, language, level)
    VALUES (:case_id, :programme_id, :municipality, :organisation_id, :sequence, CAST(:levels AS jsonb),
            CAST(:topics AS text[]), CAST(:help_forms AS text[]), :language, :level)
    ON CONFLICT (case_id) DO UPDATE SET
        municipality = excluded.municipality,
        organisation_id = CASE cases.organisation_id WHEN cases.case_id THEN cases.case_id ELSE excluded.organisation_id END,
        assessed_sequence = excluded.assessed_sequence, levels = excluded.levels, topics = excluded.topics,
        help_forms = excluded.help_forms, language = excluded.language, level = excluded.level
    WHERE cases.assessed_sequence < excluded.assessed_sequence
    RETURNING case_id
""")

_CLOSE = text("""
    INSERT INTO cases (case_id, programme_id, municipality, closed_sequence)
    VALUES (:case_id, :programme_id, :municipality, :sequence)
    ON CONFLICT (case_id) DO UPDATE SET closed_sequence = excluded.closed_sequence
    WHERE cases.closed_sequence < excluded.closed_sequence
    RETURNING case_id
""")

_ERASE = text("""
    WITH erased AS (UPDATE cases SET organisation_id = case_id WHERE case_id = :case_id)
    UPDATE bookings SET organisation_id = case_id WHERE case_id = :case_id
""")

_LOCK = text("SELECT FROM cases WHERE case_id = ANY(CAST(:case_ids AS text[])) ORDER BY case_id FOR UPDATE")
"""By itself: a statement that waits for a lock reads everything else as it was before the wait."""

_IN_HAND = text(f"""
    SELECT c.case_id, c.programme_id, c.organisation_id,
           CASE WHEN k.sequence > c.assessed_sequence THEN k.municipality ELSE c.municipality END AS municipality,
           c.levels, c.topics, c.help_forms, c.language, k.address IS NOT NULL AS has_address,
           c.assessed_sequence > c.closed_sequence AS is_open,
           p.sequence, p.state, p.booking_id, p.missed, p.wished_at, p.first_in_line, p.reason,
           p.municipality AS placed_in,
           {RULES_VERSION} AS rules_version, m.neighbours
    FROM cases c
    LEFT JOIN placements p ON p.case_id = c.case_id
    LEFT JOIN programmes r ON r.programme_id = c.programme_id
    LEFT JOIN contacts k ON k.case_id = c.case_id
    LEFT JOIN municipalities m
        ON m.code = CASE WHEN k.sequence > c.assessed_sequence THEN k.municipality ELSE c.municipality END
    WHERE c.case_id = :case_id
""")


class CaseRepository:
    """Reads and writes cases."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def assess(self, event: CaseAssessed) -> bool:
        """Keep what the case needs; False when the same or a newer inventory is known."""
        return self._newer(
            _ASSESS,
            {
                "case_id": event.case_id,
                "programme_id": event.programme_id,
                "municipality": event.municipality,
                "organisation_id": event.organisation_id or event.case_id,
                "sequence": event.sequence,
                "levels": json.dumps(event.levels),
                "topics": sorted(event.topics),
                "help_forms": sorted(event.help_forms),
                "language": event.language,
                "level": level_of(event.levels),
            },
        )

    def close(self, case_id: str, programme_id: str, municipality: str, sequence: int) -> bool:
        """Keep that the case ended; False when this, or a later end, is known."""
        facts = {"case_id": case_id, "programme_id": programme_id, "municipality": municipality, "sequence": sequence}
        return self._newer(_CLOSE, facts)

    def erase(self, case_id: str) -> None:
        """Forget whose case it was: it stands for its own organisation from now on, whatever is heard of it later."""
        self._connection.execute(_ERASE, {"case_id": case_id})

    def leave_topics(self, case_id: str, topics: frozenset[str]) -> None:
        """What is left to be helped with after a session."""
        statement = text("UPDATE cases SET topics = CAST(:topics AS text[]) WHERE case_id = :case_id")
        self._connection.execute(statement, {"case_id": case_id, "topics": sorted(topics)})

    def lock(self, case_ids: Iterable[str]) -> None:
        """Have the cases to oneself until the end of the transaction, before what depends on them is read.

        In one order, so that two who lock several never wait for each other.
        """
        if wanted := list(case_ids):
            self._connection.execute(_LOCK, {"case_ids": wanted})

    def in_hand(self, case_id: str) -> Case | None:
        """The case, locked until the end of the transaction; None when it or its programme is unknown yet."""
        self.lock([case_id])
        row = self._connection.execute(_IN_HAND, {"case_id": case_id}).first()
        return self._case(row) if row and row.rules_version else None

    def unplaced(self, programme_id: str) -> list[str]:
        """Cases that were assessed before their programme was known."""
        statement = text("""
            SELECT c.case_id FROM cases c LEFT JOIN placements p ON p.case_id = c.case_id
            WHERE c.programme_id = :programme_id AND p.case_id IS NULL AND c.assessed_sequence > c.closed_sequence
            ORDER BY c.case_id""")
        return list(self._connection.execute(statement, {"programme_id": programme_id}).scalars())

    def _case(self, row: Any) -> Case:
        return _placed(row, rules_of(self._connection, row.programme_id, row.rules_version))

    def _newer(self, statement: Any, facts: dict[str, Any]) -> bool:
        return self._connection.execute(statement, facts).first() is not None


def _placed(row: Any, rules: ProgrammeRules) -> Case:
    need = Need(
        municipality=row.municipality,
        topics=frozenset(row.topics),
        help_forms=frozenset(row.help_forms),
        language=row.language,
        levels=row.levels,
        has_address=row.has_address,
    )
    placement = Placement()
    if row.state:
        placement = Placement(
            sequence=row.sequence,
            state=row.state,
            booking_id=row.booking_id,
            missed=row.missed,
            wished_at=row.wished_at,
            first_in_line=row.first_in_line,
            reason=row.reason,
            municipality=row.placed_in,
        )
    return Case(
        case_id=row.case_id,
        programme_id=row.programme_id,
        organisation_id=row.organisation_id,
        need=need,
        is_open=row.is_open,
        placement=placement,
        rules=rules,
        neighbours=tuple(row.neighbours or ()),
    )
