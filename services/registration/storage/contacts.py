"""How organisations can be reached, and the hash of each one's own link."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from messaging.journal import Journal
from services.registration.domain.contact import Contact
from services.registration.storage.tables import contacts

_CONTACT_NAMES = [entry.name for entry in fields(Contact)]
_CONTACT = [contacts.c[name] for name in _CONTACT_NAMES]
_OF_CASE = contacts.c.case_id == bindparam("of_case")
_LINK = [contacts.c[name] for name in ("link_version", "sequence", "link_sent_at", "is_address_hidden")]
_FIND = select(*_CONTACT, *_LINK).where(_OF_CASE)
_CASE_OF_LINK = select(contacts.c.case_id).where(contacts.c.link_hash == bindparam("link_hash"))
_INSERT = insert(contacts)
_PUT = _INSERT.on_conflict_do_update(
    index_elements=[contacts.c.case_id],
    set_={column.name: _INSERT.excluded[column.name] for column in contacts.c if not column.primary_key},
)


@dataclass(frozen=True)
class KeptContact:
    """A case's contact data as kept, with the version of the link that goes with it.

    `is_address_hidden`: the postal address is the register's, or from before whoever holds the link came.
    """

    case_id: str
    contact: Contact
    link_version: int
    sequence: int
    link_sent_at: datetime | None
    is_address_hidden: bool = False

    @property
    def shown(self) -> Contact:
        """What the own link shows: only what came from whoever holds it."""
        if not self.is_address_hidden:
            return self.contact
        return replace(self.contact, address=None, postcode=None, city=None)

    def changed_to(self, contact: Contact, sequence: int) -> "KeptContact":
        """The same link with new contact data."""
        return replace(self, contact=contact, sequence=sequence)

    def corrected_to(self, given: Contact) -> "KeptContact":
        """The same link with what is given now, and the postal address kept so far where none is given.

        Another postcode than so far is another address, also without a street. The same as so far, as staff send it back who
        change something else, stays hidden where it was.
        """
        old = self.contact
        if given.address or (given.postcode and given.postcode != old.postcode):
            is_another = (given.address, given.postcode, given.city) != (old.address, old.postcode, old.city)
            return replace(self, contact=given, is_address_hidden=self.is_address_hidden and not is_another)
        return replace(self, contact=replace(given, address=old.address, postcode=old.postcode, city=old.city))


class ContactRepository:
    """Reads and writes contact data."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._connection = journal.connection

    def find(self, case_id: str) -> KeptContact | None:
        """The case's contact data, or None when nothing is known or all was erased."""
        self._journal.make_readable(contacts)
        row = self._connection.execute(_FIND, {"of_case": case_id}).one_or_none()
        if row is None:
            return None
        known = Contact(**dict(zip(_CONTACT_NAMES, row, strict=False)))
        return KeptContact(case_id, known, *row[len(_CONTACT_NAMES) :])

    def case_of_link(self, link_hash: bytes) -> str | None:
        """The case whose link has this hash, or None."""
        return self._connection.execute(_CASE_OF_LINK, {"link_hash": link_hash}).scalar()

    def put(self, kept: KeptContact, link_hash: bytes) -> None:
        """Keep the contact data of a case, all of it."""
        self._connection.execute(_PUT, _row(kept, link_hash))

    def add(self, kept: KeptContact, link_hash: bytes) -> None:
        """Keep the contact data of a case that was opened in this transaction, at its end."""
        self._journal.add(contacts, _row(kept, link_hash))

    def keep_link_sent(self, case_id: str, now: datetime) -> None:
        """Remember that the link was sent again."""
        self._connection.execute(update(contacts).where(contacts.c.case_id == case_id).values(link_sent_at=now))

    def forget(self, case_id: str) -> None:
        """Remove the contact data of a case, and with it the link."""
        self._connection.execute(delete(contacts).where(contacts.c.case_id == case_id))


def _row(kept: KeptContact, link_hash: bytes) -> dict[str, Any]:
    return {
        **vars(kept.contact),
        "case_id": kept.case_id,
        "link_version": kept.link_version,
        "link_hash": link_hash,
        "sequence": kept.sequence,
        "link_sent_at": kept.link_sent_at,
        "is_address_hidden": kept.is_address_hidden,
    }
