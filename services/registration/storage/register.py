"""Writes a whole chunk of the national register with a handful of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, text, update

from messaging.identifiers import new_id
from services.registration.domain.register import RegisterEntry
from services.registration.storage.tables import cases, contacts, organisations
from web.links import Links

_PUT_ORGANISATIONS = text("""
    INSERT INTO organisations (organisation_id, country, number, kind, name, municipality, seen_in_run, seen_on_line)
    SELECT id, :country, number, kind, name, municipality, CAST(:run_id AS uuid), line
    FROM unnest(CAST(:ids AS text[]), CAST(:numbers AS text[]), CAST(:kinds AS text[]), CAST(:names AS text[]),
                CAST(:municipalities AS text[]), CAST(:lines AS int[])) AS t(id, number, kind, name, municipality, line)
    ON CONFLICT (organisation_id) DO UPDATE
    SET name = excluded.name, seen_in_run = excluded.seen_in_run, seen_on_line = excluded.seen_on_line
""")

_OPEN_CASES = text("""
    INSERT INTO cases (case_id, programme_id, organisation_id, municipality, kind, version, opened_at, changed_at)
    SELECT case_id, :programme_id, id, municipality, kind, 2, :now, :now
    FROM unnest(CAST(:case_ids AS uuid[]), CAST(:ids AS text[]), CAST(:municipalities AS text[]),
                CAST(:kinds AS text[])) AS t(case_id, id, municipality, kind)
    ON CONFLICT (organisation_id, programme_id) DO NOTHING
    RETURNING CAST(case_id AS text) AS case_id
""")

_MOVE_CONTACTS = (
    update(contacts)
    .where(contacts.c.case_id == bindparam("id"))
    .values(
        {name: bindparam(f"new_{name}") for name in ("organisation_name", "address", "postcode", "city", "sequence")}
        | {"is_address_hidden": True}
    )
)
_COUNT_UP = update(cases).where(cases.c.case_id == bindparam("id")).values(version=cases.c.version + 1)

CASE_VERSION_AFTER_OPENING = 2
"""Opening a case from the register tells two events: the case, and how to reach it."""


@dataclass(frozen=True)
class Opened:
    """A case that the register opened."""

    case_id: str
    entry: RegisterEntry


class RegisterRepository:
    """Writes chunks of the register."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def seen_before(self, run_id: str, ids: list[str]) -> dict[str, int]:
        """Organisations that had a row in this run already, and on which line."""
        columns = select(organisations.c.organisation_id, organisations.c.seen_on_line)
        here = organisations.c.organisation_id.in_(ids) & (organisations.c.seen_in_run == run_id)
        return {row.organisation_id: row.seen_on_line for row in self._connection.execute(columns.where(here))}

    def put_organisations(self, run_id: str, country: str, rows: Sequence[tuple[int, RegisterEntry]]) -> None:
        """Keep the organisations of the chunk; a known one takes the register's name."""
        entries = [entry for _, entry in rows]
        values = {
            "run_id": run_id,
            "country": country,
            "lines": [line for line, _ in rows],
            "numbers": [entry.number for entry in entries],
            "names": [entry.name for entry in entries],
            **_shared(entries),
        }
        self._connection.execute(_PUT_ORGANISATIONS, values)

    def open_cases(
        self, programme_id: str, entries: Sequence[RegisterEntry], links: Links, language: str, now: datetime
    ) -> list[Opened]:
        """Open a case for every organisation that has none in the programme."""
        by_id = {new_id(): entry for entry in entries}
        values = {"case_ids": list(by_id), "programme_id": programme_id, "now": now, **_shared(entries)}
        new = [Opened(row.case_id, by_id[row.case_id]) for row in self._connection.execute(_OPEN_CASES, values)]
        if new:
            rows = [_contact_row(opened, links, language) for opened in new]
            self._connection.execute(insert(contacts), rows)
        return new

    def outdated(self, programme_id: str, entries: Sequence[RegisterEntry]) -> list[tuple[Row[Any], RegisterEntry]]:
        """Cases known before whose postal address the register knows better, each with what the register says.

        An organisation that gave an address itself keeps it.
        """
        by_id = {entry.organisation_id: entry for entry in entries}
        joined = select(contacts, cases.c.organisation_id, cases.c.municipality, cases.c.state, cases.c.version)
        query = joined.join(cases, cases.c.case_id == contacts.c.case_id)
        here = (cases.c.programme_id == programme_id) & cases.c.organisation_id.in_(list(by_id))
        unheard = cases.c.registered_by.is_(None) | contacts.c.address.is_(None)
        rows = self._connection.execute(query.where(here, unheard).order_by(cases.c.case_id).with_for_update())
        found = [(row, by_id[row.organisation_id]) for row in rows]
        return [(row, entry) for row, entry in found if _differs(row, entry)]

    def move(self, found: Sequence[tuple[Row[Any], RegisterEntry]]) -> None:
        """Take the register's postal addresses."""
        rows = [
            {
                "id": row.case_id,
                "new_organisation_name": row.organisation_name if row.contact_name else entry.name,
                "new_address": entry.address,
                "new_postcode": entry.postcode,
                "new_city": entry.city,
                "new_sequence": row.version + 1,
            }
            for row, entry in found
        ]
        if rows:
            self._connection.execute(_MOVE_CONTACTS, rows)
            self._connection.execute(_COUNT_UP, [{"id": row["id"]} for row in rows])


def _shared(entries: Sequence[RegisterEntry]) -> dict[str, list[str]]:
    return {
        "ids": [entry.organisation_id for entry in entries],
        "kinds": [entry.kind for entry in entries],
        "municipalities": [entry.municipality for entry in entries],
    }


def _differs(row: Row[Any], entry: RegisterEntry) -> bool:
    now = (row.organisation_name, row.address, row.postcode, row.city)
    return entry.address is not None and now != (entry.name, entry.address, entry.postcode, entry.city)


def _contact_row(opened: Opened, links: Links, language: str) -> dict[str, Any]:
    return {
        "case_id": opened.case_id,
        "organisation_name": opened.entry.name,
        "address": opened.entry.address,
        "postcode": opened.entry.postcode,
        "city": opened.entry.city,
        "is_address_hidden": True,
        "language": language,
        "channel": "letter",
        "link_hash": Links.hash(links.token("case", opened.case_id)),
        "sequence": CASE_VERSION_AFTER_OPENING,
    }
