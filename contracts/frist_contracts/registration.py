"""What registration tells the others: programmes, cases and how to reach an organisation."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from frist_contracts.event import Event, Lane

NUMBER = frozenset({"organisation_id"})
"""Made from the national number, which for a sole proprietor is personal."""


@dataclass(frozen=True, kw_only=True)
class RegistrationEvent(Event):
    """An event that registration publishes."""

    producer: ClassVar[str] = "registration"


@dataclass(frozen=True, kw_only=True)
class CaseEvent(RegistrationEvent):
    """An event about one case; `state` is the case's state from here on."""

    subject_field: ClassVar[str] = "case_id"

    case_id: str
    programme_id: str
    state: str


@dataclass(frozen=True)
class Municipality:
    """A municipality with its place on the tile map (columns and rows count from the north-west)."""

    code: str
    name: str
    region: str
    population: int
    tile_column: int
    tile_row: int
    neighbours: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ProgrammeApplied(RegistrationEvent):
    """A programme was set up or changed; `definition` is the whole checked programme file."""

    lane: ClassVar[Lane] = Lane.URGENT
    subject_field: ClassVar[str] = "programme_id"

    programme_id: str
    definition: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class MunicipalitiesImported(RegistrationEvent):
    """The municipalities of a country (`dk`, `se`) were set or changed; the list is complete."""

    lane: ClassVar[Lane] = Lane.URGENT
    subject_field: ClassVar[str] = "country"

    country: str
    municipalities: list[Municipality]


@dataclass(frozen=True, kw_only=True)
class CaseOpened(CaseEvent):
    """An organisation is obliged by a programme: it came with the register or registered itself.

    `organisation_id` is empty once the case is erased.
    """

    personal: ClassVar[frozenset[str]] = NUMBER

    organisation_id: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class ContactChanged(CaseEvent):
    """How the organisation of a case can be reached, all of it, from here on.

    `channel` is the one the organisation prefers: `email`, `sms` or `letter`.
    `link_version` goes up when the organisation's own link is replaced.
    """

    private: ClassVar[bool] = True
    personal: ClassVar[frozenset[str]] = frozenset(
        {"organisation_name", "contact_name", "address", "postcode", "city", "email", "phone"}
    )
    lane: ClassVar[Lane] = Lane.URGENT

    organisation_name: str
    contact_name: str | None = None
    address: str | None = None
    postcode: str | None = None
    city: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str = "da"
    channel: str = "letter"
    link_version: int = 1


@dataclass(frozen=True, kw_only=True)
class CaseRegistered(CaseEvent):
    """The organisation was heard from; `registered_by` is `organisation` or `staff`.

    `organisation_id` is empty once the case is erased.
    """

    personal: ClassVar[frozenset[str]] = NUMBER
    lane: ClassVar[Lane] = Lane.URGENT

    organisation_id: str
    kind: str
    help_forms: list[str]
    registered_by: str


@dataclass(frozen=True, kw_only=True)
class CaseLinkRequested(CaseEvent):
    """The organisation's own link is to be sent to it: somebody asked for it again, or staff have replaced it."""

    lane: ClassVar[Lane] = Lane.URGENT


@dataclass(frozen=True, kw_only=True)
class CaseAssessed(CaseEvent):
    """The skills inventory was answered: a level 0-3 for each topic, and what help is wanted.

    It is told again of an organisation that is in reach again, or speaks another language while it waits or has a seat.
    `topics` are those to be helped with; empty means that no help is wanted. `organisation_id` is empty once the case is
    erased.
    """

    personal: ClassVar[frozenset[str]] = NUMBER
    lane: ClassVar[Lane] = Lane.URGENT

    organisation_id: str
    levels: dict[str, int]
    topics: list[str]
    help_forms: list[str]
    language: str


@dataclass(frozen=True, kw_only=True)
class CaseProgressed(CaseEvent):
    """The case moved to `waiting`, `booked`, `helped` or back to `assessed`; or its organisation to another municipality.

    Then `municipality` is the new one, and the state, whichever it is, stays.
    """


@dataclass(frozen=True, kw_only=True)
class CaseClosed(CaseEvent):
    """The case ended as `fulfilled`, `exempt`, `withdrawn` or `unreachable`; `state` says which."""

    lane: ClassVar[Lane] = Lane.URGENT


@dataclass(frozen=True, kw_only=True)
class CaseErased(CaseEvent):
    """The organisation's personal data is to be removed everywhere; counts stay."""

    lane: ClassVar[Lane] = Lane.URGENT


@dataclass(frozen=True, kw_only=True)
class StaffSignInRequested(RegistrationEvent):
    """A member of staff asked for a sign-in link; the link is derived from `request_id`."""

    private: ClassVar[bool] = True
    personal: ClassVar[frozenset[str]] = frozenset({"email"})
    lane: ClassVar[Lane] = Lane.URGENT
    subject_field: ClassVar[str] = "request_id"

    request_id: str
    email: str
    language: str


@dataclass(frozen=True, kw_only=True)
class StaffSessionsEnded(RegistrationEvent):
    """Whoever was signed in as this member of staff no longer is: the account was changed or closed, or they signed out.

    Sessions of a lower version than `sequence` are over.
    """

    lane: ClassVar[Lane] = Lane.URGENT
    subject_field: ClassVar[str] = "staff_id"

    staff_id: str
