"""The programmes, as they were applied last."""

from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.notifications.domain.programme import Programme, read_programme
from services.notifications.storage.tables import municipalities, programmes

_read: dict[tuple[str, str, int], Programme] = {}
"""Programmes read before, by database, id and sequence: a definition does not change without its sequence."""


class Programmes:
    """The programmes of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._all: dict[str, Programme] | None = None

    def keep(self, programme_id: str, sequence: int, definition: dict[str, Any]) -> None:
        """Keep the definition unless a newer one is known."""
        row = {"programme_id": programme_id, "sequence": sequence, "definition": definition}
        statement = insert(programmes).values(row)
        newer = statement.excluded.sequence >= programmes.c.sequence
        _read.pop(self._key(programme_id, sequence), None)
        self._all = None
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["programme_id"], set_=row, where=newer)
        )

    def all(self) -> dict[str, Programme]:
        """Every programme by its id; asked for once in a unit of work."""
        if self._all is None:
            known = self._connection.execute(select(programmes.c.programme_id, programmes.c.sequence)).all()
            self._all = {row.programme_id: self._load(row.programme_id, row.sequence) for row in known}
        return self._all

    def get(self, programme_id: str) -> Programme | None:
        """One programme, if it has been applied."""
        return self.all().get(programme_id)

    def _load(self, programme_id: str, sequence: int) -> Programme:
        key = self._key(programme_id, sequence)
        found = _read.get(key)
        if found is None:
            query = select(programmes.c.definition).where(programmes.c.programme_id == programme_id)
            found = _read[key] = read_programme(self._connection.execute(query).scalar_one())
        return found

    def _key(self, programme_id: str, sequence: int) -> tuple[str, str, int]:
        return str(self._connection.engine.url), programme_id, sequence

    def keep_municipalities(self, names: dict[str, str]) -> None:
        """Keep the municipalities' names for the pages of staff."""
        statement = insert(municipalities).values([{"code": code, "name": name} for code, name in names.items()])
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["code"], set_={"name": statement.excluded.name})
        )

    def municipality_names(self) -> dict[str, str]:
        """The municipalities' names by their codes."""
        return {row.code: row.name for row in self._connection.execute(select(municipalities))}
