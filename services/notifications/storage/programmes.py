"""The programmes, as they were applied last."""

from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from messaging.remembering import RowMemory, row_version, table_version
from messaging.sql import text
from services.notifications.domain.programme import Programme, read_programme
from services.notifications.storage.tables import municipalities, programmes

VERSIONS = table_version("programmes")
"""For a timer that follows the programmes."""

_VERSIONS = text(f"SELECT programme_id, {row_version('programmes')} AS version FROM programmes")

_KNOWN: "RowMemory[Programme]" = RowMemory()


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
        self._all = None
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["programme_id"], set_=row, where=newer)
        )

    def all(self) -> dict[str, Programme]:
        """Every programme by its id; asked for once in a unit of work."""
        if self._all is None:
            rows = self._connection.execute(_VERSIONS).all()
            self._all = {row.programme_id: self._load(row.programme_id, row.version) for row in rows}
        return self._all

    def get(self, programme_id: str) -> Programme | None:
        """One programme, if it has been applied."""
        return self.all().get(programme_id)

    def _load(self, programme_id: str, version: str) -> Programme:
        def read() -> Programme:
            query = select(programmes.c.definition).where(programmes.c.programme_id == programme_id)
            return read_programme(self._connection.execute(query).scalar_one())

        return _KNOWN.value(self._connection, programme_id, version, read)

    def keep_municipalities(self, names: dict[str, str]) -> None:
        """Keep the municipalities' names for the pages of staff."""
        statement = insert(municipalities).values([{"code": code, "name": name} for code, name in names.items()])
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["code"], set_={"name": statement.excluded.name})
        )

    def municipality_names(self) -> dict[str, str]:
        """The municipalities' names by their codes."""
        return {row.code: row.name for row in self._connection.execute(select(municipalities))}
