"""Programmes and municipalities as registration told them; an older telling never overwrites a newer one."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from frist_contracts.registration import Municipality
from messaging.remembering import RowMemory, row_version, table_version
from messaging.sql import text
from services.scheduling.domain.programme import ProgrammeRules, read_rules

RULES_VERSION = row_version("r")
"""The version of a programme's row, in queries that call it `r`."""

_SAVE = text("""
    INSERT INTO programmes (programme_id, sequence, country, ends_on, deadline_at, rules)
    VALUES (:programme_id, :sequence, :country, :ends_on, :deadline_at, CAST(:rules AS jsonb))
    ON CONFLICT (programme_id) DO UPDATE SET
        sequence = excluded.sequence, country = excluded.country, ends_on = excluded.ends_on,
        deadline_at = excluded.deadline_at, deadline_passed = false, rules = excluded.rules
    WHERE programmes.sequence <= excluded.sequence
    RETURNING programme_id
""")

_SAVE_MUNICIPALITIES = text("""
    INSERT INTO municipalities (code, country, name, neighbours, sequence)
    VALUES (:code, :country, :name, CAST(:neighbours AS text[]), :sequence)
    ON CONFLICT (code) DO UPDATE SET
        country = excluded.country, name = excluded.name, neighbours = excluded.neighbours, sequence = excluded.sequence
    WHERE municipalities.sequence <= excluded.sequence
""")

VERSIONS = table_version("programmes")
"""For a timer that follows the programmes."""

_IS_PASSING = "deadline_at <= :now AND NOT deadline_passed"
IS_A_DEADLINE_PASSING = f"EXISTS (SELECT FROM programmes WHERE {_IS_PASSING})"
"""For a timer: whether `passing_deadlines` would find one."""

_VERSION = text(f"SELECT {RULES_VERSION} FROM programmes r WHERE programme_id = :programme_id")
_RULES = text("SELECT rules FROM programmes WHERE programme_id = :programme_id")
_VERSIONS = text(f"""
    SELECT r.programme_id, {RULES_VERSION} AS version FROM programmes r ORDER BY r.deadline_at, r.programme_id
""")

_KNOWN: "RowMemory[ProgrammeRules]" = RowMemory()


def rules_of(connection: Connection, programme_id: str, version: str) -> ProgrammeRules:
    """The rules that go with a version of the programme's row."""

    def read() -> ProgrammeRules:
        return read_rules(connection.execute(_RULES, {"programme_id": programme_id}).scalar_one())

    return _KNOWN.value(connection, programme_id, version, read)


class ProgrammeRepository:
    """Reads and writes programmes and municipalities."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._all: list[ProgrammeRules] | None = None

    def save(self, kept: dict[str, Any], sequence: int) -> ProgrammeRules | None:
        """Keep the rules, and give them back; None when newer ones are kept already."""
        rules, self._all = read_rules(kept), None
        saved = self._connection.execute(
            _SAVE,
            {
                "programme_id": rules.programme_id,
                "sequence": sequence,
                "country": rules.country,
                "ends_on": rules.ends_on,
                "deadline_at": rules.deadline_at,
                "rules": json.dumps(kept, default=str),
            },
        ).first()
        return rules if saved else None

    def get(self, programme_id: str) -> ProgrammeRules | None:
        """The rules of a programme."""
        version = self._connection.execute(_VERSION, {"programme_id": programme_id}).scalar()
        return rules_of(self._connection, programme_id, version) if version else None

    def all(self) -> list[ProgrammeRules]:
        """Every programme, the one that presses most first; asked for once in a unit of work."""
        if self._all is None:
            rows = self._connection.execute(_VERSIONS).all()
            self._all = [rules_of(self._connection, row.programme_id, row.version) for row in rows]
        return self._all

    def passing_deadlines(self, now: datetime) -> list[str]:
        """Programmes whose deadline passed since this was last asked."""
        statement = text(f"UPDATE programmes SET deadline_passed = true WHERE {_IS_PASSING} RETURNING programme_id")
        return list(self._connection.execute(statement, {"now": now}).scalars())

    def save_municipalities(self, country: str, listed: Sequence[Municipality], sequence: int) -> None:
        """Keep a country's municipalities."""
        rows = [
            {"code": m.code, "country": country, "name": m.name, "neighbours": m.neighbours, "sequence": sequence}
            for m in listed
        ]
        if rows:
            self._connection.execute(_SAVE_MUNICIPALITIES, rows)

    def municipality_name(self, code: str) -> str:
        """The name of a municipality, or its code as long as nobody told the name."""
        statement = text("SELECT name FROM municipalities WHERE code = :code")
        return self._connection.execute(statement, {"code": code}).scalar() or code

    def municipality_names(self) -> dict[str, str]:
        """Every municipality's name by its code."""
        rows = self._connection.execute(text("SELECT code, name FROM municipalities ORDER BY name"))
        return {row.code: row.name for row in rows}
