"""How organisations can be reached, and the hash of each one's own link."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from services.registration.domain.contact import Contact
from services.registration.storage.tables import contacts

_CONTACT = [contacts.c[entry.name] for entry in fields(Contact)]


@dataclass(frozen=True)
class KeptContact:
    """A case's contact data as kept, with the version of the link that goes with it."""

    case_id: str
    contact: Contact
    link_version: int
    sequence: int
    link_sent_at: datetime | None

    def changed_to(self, contact: Contact, sequence: int) -> "KeptContact":
        """The same link with new contact data."""
        return replace(self, contact=contact, sequence=sequence)


class ContactRepository:
    """Reads and writes contact data."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, case_id: str) -> KeptContact | None:
        """The case's contact data, or None when nothing is known or all was erased."""
        row = self._connection.execute(select(contacts).where(contacts.c.case_id == case_id)).one_or_none()
        return _kept(row) if row else None

    def case_of_link(self, link_hash: bytes) -> str | None:
        """The case whose link has this hash, or None."""
        return self._connection.execute(select(contacts.c.case_id).where(contacts.c.link_hash == link_hash)).scalar()

    def put(self, kept: KeptContact, link_hash: bytes) -> None:
        """Keep the contact data of a case, all of it."""
        row = {
            **vars(kept.contact),
            "case_id": kept.case_id,
            "link_version": kept.link_version,
            "link_hash": link_hash,
            "sequence": kept.sequence,
            "link_sent_at": kept.link_sent_at,
        }
        insertion = insert(contacts).values(row)
        self._connection.execute(insertion.on_conflict_do_update(index_elements=[contacts.c.case_id], set_=row))

    def keep_link_sent(self, case_id: str, now: datetime) -> None:
        """Remember that the link was sent again."""
        self._connection.execute(update(contacts).where(contacts.c.case_id == case_id).values(link_sent_at=now))

    def forget(self, case_id: str) -> None:
        """Remove the contact data of a case, and with it the link."""
        self._connection.execute(delete(contacts).where(contacts.c.case_id == case_id))


def _kept(row: Row[Any]) -> KeptContact:
    contact = Contact(**{column.name: getattr(row, column.name) for column in _CONTACT})
    return KeptContact(row.case_id, contact, row.link_version, row.sequence, row.link_sent_at)
