"""Whom a message goes to: what is known of a case and how its organisation can be reached."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

EMAIL = "email"
SMS = "sms"
LETTER = "letter"

STATES = (
    "obliged",
    "registered",
    "assessed",
    "waiting",
    "booked",
    "helped",
    "fulfilled",
    "exempt",
    "withdrawn",
    "unreachable",
)
"""A case's states, from its beginning to its ends."""

BOOKED = "booked"
"""The placement of a case that has a seat."""

ATTENDED = "attended"
"""The placement of a case that came to its session."""


@dataclass(frozen=True)
class Contact:
    """Where an organisation can be reached; `bad` are the channels whose address is known not to work."""

    organisation_name: str = ""
    contact_name: str | None = None
    address: str | None = None
    postcode: str | None = None
    city: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str = "da"
    channel: str = LETTER
    link_version: int = 1
    bad: frozenset[str] = frozenset()

    @property
    def usable(self) -> frozenset[str]:
        """The channels with an address that is not known to be bad."""
        addresses = {EMAIL: self.email, SMS: self.phone, LETTER: self.address and (self.postcode or self.city)}
        return frozenset(channel for channel, address in addresses.items() if address) - self.bad


@dataclass(frozen=True)
class Placement:
    """A case's place, as scheduling told it last: `kind` is `booked`, `waiting`, `attended`, `missed` or `none`."""

    sequence: int = -1
    kind: str = "none"
    booking_id: str | None = None
    revision: int = 0
    placed_at: datetime | None = None
    session: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipient:
    """A case as notifications knows it. `contact` is None until it was told."""

    case_id: str
    programme_id: str
    municipality: str
    state: str | None = None
    contact: Contact | None = None
    contact_sequence: int = -1
    placement: Placement = field(default_factory=Placement)
    announced_sequence: int = -1
    is_erased: bool = False

    def without(self, channel: str) -> "Recipient":
        """The same case after a channel's address has proved bad."""
        if self.contact is None:
            return self
        return replace(self, contact=replace(self.contact, bad=self.contact.bad | {channel}))


def choose_channel(contact: Contact, wanted: tuple[str, ...] | None) -> str | None:
    """The channel to use: the preferred one if it works, else the next working one, else a letter.

    `wanted` are the channels a programme's step names; what it names comes first, but rather another channel than
    silence. None means that nothing works.
    """
    usable = contact.usable
    first = wanted or (EMAIL, SMS, LETTER)
    ordered = [contact.channel] if contact.channel in first else []
    for channel in (*ordered, *first, EMAIL, SMS, LETTER):
        if channel in usable:
            return channel
    return None
