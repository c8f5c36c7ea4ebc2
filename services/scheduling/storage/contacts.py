"""How the people of a case are called and reached: what a coach needs to know, and nothing once erased."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from messaging.sql import text

_SAVE = text("""
    INSERT INTO contacts (case_id, sequence, municipality, link_hash, organisation_name, contact_name, address, phone,
                          language)
    SELECT * FROM unnest(
        CAST(:case_ids AS text[]), CAST(:sequences AS bigint[]), CAST(:municipalities AS text[]),
        CAST(:link_hashes AS bytea[]), CAST(:organisation_names AS text[]), CAST(:contact_names AS text[]),
        CAST(:addresses AS text[]), CAST(:phones AS text[]), CAST(:languages AS text[]))
    ON CONFLICT (case_id) DO UPDATE SET
        sequence = excluded.sequence, municipality = excluded.municipality, link_hash = excluded.link_hash,
        organisation_name = excluded.organisation_name, contact_name = excluded.contact_name,
        address = excluded.address, phone = excluded.phone, language = excluded.language
    WHERE contacts.sequence < excluded.sequence
""")


@dataclass(frozen=True)
class Contact:
    """How one case's organisation is reached, as told at `sequence`; everything is None when it was erased.

    `address` is where a coach can go: None as well where no street is known.
    """

    case_id: str
    sequence: int
    municipality: str
    link_hash: bytes | None = None
    organisation_name: str | None = None
    contact_name: str | None = None
    address: str | None = None
    phone: str | None = None
    language: str | None = None


class ContactRepository:
    """Reads and writes contacts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, contacts: Iterable[Contact]) -> None:
        """Keep the contacts, each only if it is newer than what is kept."""
        newest: dict[str, Contact] = {}
        for contact in contacts:
            if contact.case_id not in newest or newest[contact.case_id].sequence < contact.sequence:
                newest[contact.case_id] = contact
        if newest:
            self._connection.execute(_SAVE, _columns(sorted(newest.values(), key=lambda contact: contact.case_id)))

    def case_of_link(self, link_hash: bytes) -> str | None:
        """The case whose organisation holds this link."""
        statement = text("SELECT case_id FROM contacts WHERE link_hash = :link_hash")
        return self._connection.execute(statement, {"link_hash": link_hash}).scalar()

    def of_case(self, case_id: str) -> Contact | None:
        """The contact of a case."""
        statement = text("SELECT * FROM contacts WHERE case_id = :case_id")
        row = self._connection.execute(statement, {"case_id": case_id}).mappings().first()
        return Contact(**row) if row else None


def _columns(contacts: list[Contact]) -> dict[str, list[Any]]:
    return {
        "case_ids": [contact.case_id for contact in contacts],
        "sequences": [contact.sequence for contact in contacts],
        "municipalities": [contact.municipality for contact in contacts],
        "link_hashes": [contact.link_hash for contact in contacts],
        "organisation_names": [contact.organisation_name for contact in contacts],
        "contact_names": [contact.contact_name for contact in contacts],
        "addresses": [contact.address for contact in contacts],
        "phones": [contact.phone for contact in contacts],
        "languages": [contact.language for contact in contacts],
    }
