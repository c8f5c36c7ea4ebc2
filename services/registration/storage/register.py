"""Writes a whole chunk of the national register with a handful of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, text, update

from messaging.identifiers import new_id
from services.registration.domain.places import Places
from services.registration.domain.register import RegisterEntry
from services.registration.domain.words import FINAL_STATES
from services.registration.storage.tables import cases, contacts, organisations
from web.links import Links

REGISTERED_FACTS = ("organisation_name", "address", "postcode", "city")
"""What the register knows of a contact."""

_PUT_ORGANISATIONS = text("""
    INSERT INTO organisations (organisation_id, country, number, kind, name, municipality, seen_in_run, seen_on_line)
    SELECT id, :country, number, kind, name, municipality, CAST(:run_id AS uuid), line
    FROM unnest(CAST(:ids AS text[]), CAST(:numbers AS text[]), CAST(:kinds AS text[]), CAST(:names AS text[]),
                CAST(:municipalities AS text[]), CAST(:lines AS int[])) AS t(id, number, kind, name, municipality, line)
    ON CONFLICT (organisation_id) DO UPDATE
    SET name = excluded.name, municipality = excluded.municipality, seen_in_run = excluded.seen_in_run, seen_on_line = excluded.seen_on_line
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
    .values({name: bindparam(f"new_{name}") for name in (*REGISTERED_FACTS, "is_address_hidden", "sequence")})
)
_MOVE_CASES = (
    update(cases)
    .where(cases.c.case_id == bindparam("id"))
    .values(version=bindparam("new_version"), municipality=bindparam("new_municipality"))
)

_KNOWN = (
    select(
        contacts,
        *(cases.c[name] for name in ("organisation_id", "municipality", "state", "registered_by", "version")),
        organisations.c.municipality.label("municipality_in_register"),
    )
    .join(cases, cases.c.case_id == contacts.c.case_id)
    .join(organisations, organisations.c.organisation_id == cases.c.organisation_id)
)

CASE_VERSION_AFTER_OPENING = 2
"""Opening a case from the register tells two events: the case, and how to reach it."""


@dataclass(frozen=True)
class Opened:
    """A case that the register opened."""

    case_id: str
    entry: RegisterEntry


@dataclass(frozen=True)
class Outdated:
    """A case known before of which the register knows more: where letters go, or where the organisation is.

    `row` is the case with its contact as it was; `gets_address` and `has_moved` say what is to be taken from `entry`.
    """

    row: Row[Any]
    entry: RegisterEntry
    gets_address: bool
    has_moved: bool

    @property
    def municipality(self) -> str:
        """Where the case is from now on."""
        return self.entry.municipality if self.has_moved else str(self.row.municipality)

    @property
    def contact(self) -> dict[str, Any]:
        """What the register tells from now on, as far as it is to be taken."""
        return _told(self.row, self.entry) if self.gets_address else _kept(self.row)

    @property
    def contact_sequence(self) -> int:
        """The sequence of the event that tells the contact data."""
        return int(self.row.version) + 1

    @property
    def version(self) -> int:
        """The case's version when all is told: one that moved is told once more, without contact data."""
        return self.contact_sequence + int(self.has_moved)


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
        """Keep the organisations of the chunk; a known one takes the register's name and municipality."""
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

    def outdated(self, programme_id: str, entries: Sequence[RegisterEntry], places: Places) -> list[Outdated]:
        """Cases known before of which the register knows more; to be asked before `put_organisations`."""
        by_id = {entry.organisation_id: entry for entry in entries}
        here = (cases.c.programme_id == programme_id) & cases.c.organisation_id.in_(list(by_id))
        query = _KNOWN.where(here).order_by(cases.c.case_id).with_for_update(of=[cases, contacts])
        compared = (_compared(row, by_id[row.organisation_id], places) for row in self._connection.execute(query))
        return [each for each in compared if each.gets_address or each.has_moved]

    def move(self, found: Sequence[Outdated]) -> None:
        """Take what the register knows more of."""
        if not found:
            return
        changed_contacts = [
            {f"new_{name}": value for name, value in each.contact.items()}
            | {"new_is_address_hidden": each.gets_address or each.row.is_address_hidden}
            | {"id": each.row.case_id, "new_sequence": each.contact_sequence}
            for each in found
        ]
        moved = [
            {"id": each.row.case_id, "new_version": each.version, "new_municipality": each.municipality}
            for each in found
        ]
        self._connection.execute(_MOVE_CONTACTS, changed_contacts)
        self._connection.execute(_MOVE_CASES, moved)


def _shared(entries: Sequence[RegisterEntry]) -> dict[str, list[str]]:
    return {
        "ids": [entry.organisation_id for entry in entries],
        "kinds": [entry.kind for entry in entries],
        "municipalities": [entry.municipality for entry in entries],
    }


def _compared(row: Row[Any], entry: RegisterEntry, places: Places) -> Outdated:
    return Outdated(row, entry, gets_address=_gets_address(row, entry), has_moved=_has_moved(row, entry, places))


def _gets_address(row: Row[Any], entry: RegisterEntry) -> bool:
    """Whether the register's address is another. An organisation that gave one itself keeps it.

    A hidden one is none that it gave: letters and visits go to the register's, so they follow where that moves.
    """
    if row.registered_by is not None and row.address is not None and not row.is_address_hidden:
        return False
    return entry.address is not None and _told(row, entry) != _kept(row)


def _told(row: Row[Any], entry: RegisterEntry) -> dict[str, Any]:
    """The contact as the register has it; who registered or gave a contact person keeps the name that it said itself."""
    says_itself = row.registered_by is not None or row.contact_name
    name = row.organisation_name if says_itself else entry.name
    return {"organisation_name": name, "address": entry.address, "postcode": entry.postcode, "city": entry.city}


def _kept(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in REGISTERED_FACTS}


def _has_moved(row: Row[Any], entry: RegisterEntry, places: Places) -> bool:
    """Whether the register has it in another municipality.

    Where an organisation's own postcode says that it is where the case is, the register is believed only when it says
    something else than last time: the same old row again takes nobody back.
    """
    if row.state in FINAL_STATES or entry.municipality == row.municipality:
        return False
    has_own_postcode = row.registered_by is not None and not row.is_address_hidden
    says_itself = has_own_postcode and places.told_by(row.postcode) == row.municipality
    return not says_itself or bool(entry.municipality != row.municipality_in_register)


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
