"""An organisation is heard from: it registers itself, or staff do it on its behalf."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from frist_contracts import Lane
from messaging.identifiers import new_id
from messaging.refusals import Refusal
from services.registration.domain.case import Case, CaseNotRegistered
from services.registration.domain.contact import Contact, whole_phone
from services.registration.domain.help_forms import offered_forms
from services.registration.domain.numbers import checked_number, organisation_id_of
from services.registration.domain.places import Places
from services.registration.handlers.contacting import send_link_again
from services.registration.handlers.moving import follow_postcode
from services.registration.handlers.telling import remember, tell_contact, tell_opened, tell_registered
from services.registration.storage.cases import Organisation
from services.registration.storage.contacts import KeptContact
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from web.links import LinkUnknown

_VERSION_AFTER_REGISTERING = 3
"""Registering a case that was not there tells three events: the case, how to reach it, and that it is registered."""


class PlaceRefused(Refusal):
    """The municipality cannot be told from what was given."""

    slug = "place_refused"
    status = 422


def _nowhere(_municipality: str) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class RegisterOrganisation:
    """The wish to register; `municipality` or `postcode` says where; no `help_forms` means any."""

    programme_id: str
    number: str
    kind: str
    contact: Contact
    municipality: str | None = None
    help_forms: list[str] = field(default_factory=list)
    registered_by: str = "organisation"
    done_by: str = "organisation"
    may_reopen: Callable[[str], bool] = _nowhere
    """Whether who wishes it may open a withdrawn case of that municipality again."""


@dataclass(frozen=True)
class Registration:
    """What came of it. `token` is the organisation's own link, and None when another had registered it before."""

    case: Case
    token: str | None

    @property
    def is_new(self) -> bool:
        """Whether the organisation was registered just now."""
        return self.token is not None


def register_organisation(
    wish: RegisterOrganisation, uow: RegistrationUnitOfWork, *, on_a_guess: bool = False
) -> Registration:
    """Register, or find the case that is there; one that is somebody's tells nothing and sends its link to its owner.

    With `on_a_guess` it is not asked whether there is one, unless the programme has a register: all is stored at once, and
    the transaction fails with an error that `says_it_is_there` where the guess was wrong.

    A programme or a geography that has changed within the last second may count as it was.
    """
    programme = uow.programmes.recent(wish.programme_id)
    places = uow.places.recent(programme.country)
    organisation = _organisation(wish, places)
    help_forms = offered_forms(wish.help_forms, programme.help_forms) or programme.help_forms
    is_guessed = on_a_guess and not uow.programmes.has_register(programme.programme_id)
    case, opened = _find_or_open(organisation, help_forms, wish, uow, is_guessed=is_guessed)
    if not case.may_be_registered(by_staff=wish.may_reopen(case.municipality)):
        send_link_again(case, wish.done_by, uow)
        return Registration(case, None)
    known = None if opened else uow.contacts.find(case.case_id)
    kept = _contact(case, _completed(wish.contact, places), known)
    if opened:
        tell_opened(case, uow, lane=Lane.URGENT)
    was_registered = case.registered_by is not None
    case.register(wish.registered_by, help_forms, uow.now)
    if known:
        follow_postcode(case, known.contact.postcode, kept.contact.postcode, places)
    token = uow.links.token("case", case.case_id, kept.link_version)
    keep = uow.contacts.put if known else uow.contacts.add
    keep(tell_contact(case, kept, uow), uow.links.hash(token))
    tell_registered(case, uow)
    remember(case, "registered_again" if was_registered else "registered", wish.done_by, uow)
    if not opened:
        uow.cases.save([case], uow.now)
    return Registration(case, token)


def register_again(case_id: str, done_by: str, uow: RegistrationUnitOfWork) -> Case:
    """Whoever holds the link of a withdrawn case has changed their mind; saying so again changes nothing."""
    case = uow.cases.get(case_id, lock=True)
    if case.erased:  # since the link was looked up
        raise LinkUnknown
    if case.registered_by is None:
        raise CaseNotRegistered("Register the organisation first.")
    if case.has_ended:
        case.register(case.registered_by, case.help_forms, uow.now)
        tell_registered(case, uow)
        remember(case, "registered_again", done_by, uow)
        uow.cases.save([case], uow.now)
    return case


def _find_or_open(
    organisation: Organisation,
    help_forms: list[str],
    wish: RegisterOrganisation,
    uow: RegistrationUnitOfWork,
    *,
    is_guessed: bool,
) -> tuple[Case, bool]:
    """The organisation's case, and whether it is a new one: that is stored at once as it will be when all is told."""
    what = new_id(), wish.programme_id, organisation.organisation_id, organisation.municipality, wish.kind
    case, registered = Case(*what), Case(*what, version=_VERSION_AFTER_REGISTERING)
    registered.register(wish.registered_by, help_forms, uow.now)
    if is_guessed:
        uow.cases.add(organisation, registered, uow.now)
        return case, True
    there = uow.cases.find_or_add(organisation, registered, uow.now)
    return (case, True) if there.case_id == case.case_id else (there, False)


def _organisation(wish: RegisterOrganisation, places: Places) -> Organisation:
    number = checked_number(places.country, wish.number)
    return Organisation(
        organisation_id=organisation_id_of(places.country, number),
        country=places.country,
        number=number,
        kind=wish.kind,
        name=wish.contact.organisation_name,
        municipality=_municipality(wish, places),
    )


def _municipality(wish: RegisterOrganisation, places: Places) -> str:
    """The municipality named, or the only one that the postcode lies in."""
    if wish.municipality:
        if wish.municipality not in places.names:
            raise PlaceRefused("Choose a municipality from the list.", field="municipality")
        return wish.municipality
    if not wish.contact.postcode:
        raise PlaceRefused("Write the postcode, or choose a municipality.", field="postcode")
    found = places.of_postcode(wish.contact.postcode)
    if not found:
        raise PlaceRefused("This postcode is not known; check it, or choose a municipality.", field="postcode")
    if len(found) > 1:
        choice = [{"code": place.municipality, "name": place.name} for place in found]
        message = "This postcode lies in several municipalities; choose yours."
        raise PlaceRefused(message, field="municipality", municipalities=choice)
    return found[0].municipality


def _completed(given: Contact, places: Places) -> Contact:
    """With the phone number as it is called from anywhere, and with the town: a letter needs it, and the postcode tells it."""
    city = given.city
    if not city and given.postcode and (found := places.of_postcode(given.postcode)):
        city = found[0].town
    return replace(given, phone=whole_phone(given.phone, places.country), city=city)


def _contact(case: Case, contact: Contact, known: KeptContact | None) -> KeptContact:
    """What was given; letters go to the register's address where none was given, and the link never shows that.

    Nothing comes over from who registered before, whose link ends: it need not be the same.
    """
    if known and case.registered_by is None:
        kept = known.corrected_to(contact)
        kept = replace(kept, is_address_hidden=kept.contact != contact)
    else:
        kept = KeptContact(case.case_id, contact, known.link_version + 1 if known else 1, case.version, None)
    kept.contact.check()
    return kept
