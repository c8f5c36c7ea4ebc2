"""The reading side: everything a page counts from, in one statement, so that all of it is from one moment."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from messaging.sql import text
from services.reporting.storage.figure_queries import (
    DELIVERY,
    FIGURES,
    HELD_BEFORE,
    NEWEST_SUBSIDY_LINES,
    SUBSIDY_LINES,
)
from web.paging import PageArgs

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Scope:
    """What is counted: a programme, all of it or one municipality, as of a local day, with seats up to `until`."""

    programme_id: str
    time_zone: str
    today: date
    until: date
    municipality: str | None = None


class FigureReader:
    """Counts, straight from the tallies."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def programmes(self) -> dict[str, dict[str, Any]]:
        """The definitions of all programmes by their id."""
        rows = self._connection.execute(text("SELECT programme_id, definition FROM programmes ORDER BY programme_id"))
        return {row.programme_id: row.definition for row in rows}

    def municipalities(self, country: str) -> Rows:
        """The municipalities of a country, by code."""
        query = text("SELECT * FROM municipalities WHERE country = :country ORDER BY code")
        return [dict(row) for row in self._connection.execute(query, {"country": country}).mappings()]

    def read(self, scope: Scope, names: Iterable[str] = tuple(FIGURES)) -> dict[str, Rows]:
        """The named figures, counted at one moment: a single statement sees a single state of the database."""
        columns = ", ".join(
            f"(SELECT coalesce(json_agg(figure), '[]') FROM ({FIGURES[name]}) AS figure) AS {name}" for name in names
        )
        row = self._connection.execute(text(f"SELECT {columns}"), asdict(scope)).mappings().one()
        return {name: list(rows) for name, rows in row.items()}

    def subsidy_lines(self, programme_id: str, municipality: str) -> Rows:
        """A municipality's sessions held, in the order they were held."""
        place = {"programme_id": programme_id, "municipality": municipality}
        return [dict(row) for row in self._connection.execute(text(SUBSIDY_LINES), place).mappings()]

    def newest_subsidy_lines(self, programme_id: str, municipality: str, args: PageArgs) -> Rows:
        """A page of a municipality's sessions held, the newest first."""
        place = {"programme_id": programme_id, "municipality": municipality, "limit": args.rows}
        rows = self._connection.execute(text(NEWEST_SUBSIDY_LINES), {**place, **_before(args.after_instant)})
        return [dict(row) for row in rows.mappings()]

    def held_before(self, programme_id: str, municipality: str, line: dict[str, Any]) -> dict[str, int]:
        """How many sessions of each form the municipality had held before this one."""
        place = {"programme_id": programme_id, "municipality": municipality}
        before = _before((line["starts_at"], line["session_id"]))
        return {row.form: row.sessions for row in self._connection.execute(text(HELD_BEFORE), {**place, **before})}

    def delivery(self) -> dict[str, Any]:
        """How the events arrive here: what waits to be tried again, what was given up, what has not left yet."""
        return dict(self._connection.execute(text(DELIVERY)).mappings().one())


def _before(cursor: tuple[datetime, str] | None) -> dict[str, Any]:
    at, session_id = cursor or (None, None)
    return {"before_at": at, "before_id": session_id}
