"""How an organisation is reached: it changes its contact data, gets a new link, or gets its link again."""

from dataclasses import replace
from datetime import timedelta

from services.registration.domain.case import Case, CaseNotRegistered
from services.registration.domain.contact import Contact, whole_phone
from services.registration.domain.words import BOOKED, OBLIGED, UNREACHABLE, WAITING
from services.registration.handlers.moving import follow_postcode
from services.registration.handlers.telling import (
    remember,
    tell_assessed,
    tell_contact,
    tell_link_requested,
    tell_moved,
    tell_state,
)
from services.registration.storage.contacts import KeptContact
from services.registration.storage.unit_of_work import RegistrationUnitOfWork

_LINK_AT_MOST_EVERY = timedelta(days=1)
_LETTER_AT_MOST_EVERY = timedelta(days=3)
"""Anybody can ask for it who knows the public number; a letter is not there before the third day anyway."""


def change_contact(case_id: str, contact: Contact, done_by: str, uow: RegistrationUnitOfWork) -> Case:
    """The organisation is reached otherwise from now on; an unreachable one is in reach again, one that moved is moved.

    Where it has to be placed anew, its inventory is told again, which tells the state and the municipality too.
    """
    case = uow.cases.get(case_id, lock=True)
    known = _kept(case, uow)
    _programme, places = uow.programmes.with_places(case.programme_id)
    kept = known.corrected_to(replace(contact, phone=whole_phone(contact.phone, places.country)))
    kept.contact.check()
    before = case.state
    if before == UNREACHABLE:
        case.reach_again()
    has_moved = follow_postcode(case, known.contact.postcode, kept.contact.postcode, places)
    _keep_and_tell(case, kept, uow)
    if _is_to_be_placed_anew(case, before, speaks_another=kept.contact.language != known.contact.language):
        achieved = uow.cases.achievements([case_id]).get(case_id, set())
        tell_assessed(case, kept.contact.language, uow, achieved=achieved)
    elif not tell_state(case, before, uow) and has_moved:
        tell_moved(case, uow)
    remember(case, "contact_changed", done_by, uow)
    if has_moved:
        remember(case, "moved", done_by, uow)
    uow.cases.save([case], uow.now)
    return case


def replace_link(case_id: str, done_by: str, uow: RegistrationUnitOfWork) -> str:
    """The old link ends; returns the token of the new one, which is also sent to the organisation.

    Who was never heard from keeps the link of the letter: it may be on its way.
    """
    case = uow.cases.get(case_id, lock=True)
    kept = _kept(case, uow)
    if case.registered_by is None:
        raise CaseNotRegistered(
            "This organisation has not registered yet, and its link stands in its letter; register it first."
        )
    version = kept.link_version + 1
    _keep_and_tell(case, replace(kept, link_version=version, link_sent_at=uow.now), uow)
    tell_link_requested(case, uow)
    remember(case, "link_replaced", done_by, uow)
    uow.cases.save([case], uow.now)
    return uow.links.token("case", case.case_id, version)


def send_link_again(case: Case, done_by: str, uow: RegistrationUnitOfWork) -> None:
    """Send the organisation its link, at its known address, at most once a day, and by letter every third."""
    kept = uow.contacts.find(case.case_id)
    if kept is None or case.state == OBLIGED:
        return
    pause = _LETTER_AT_MOST_EVERY if kept.contact.channel == "letter" else _LINK_AT_MOST_EVERY
    if kept.link_sent_at is not None and uow.now - kept.link_sent_at < pause:
        return
    tell_link_requested(case, uow)
    remember(case, "link_sent_again", done_by, uow)
    uow.contacts.keep_link_sent(case.case_id, uow.now)
    uow.cases.save([case], uow.now)


def _is_to_be_placed_anew(case: Case, before: str, *, speaks_another: bool) -> bool:
    """Whether scheduling has to hear once more what the case needs.

    It closed the unreachable case and took its seat, and opens it for nothing but an inventory. One that came to a session
    is left out until it answers something else: it is `helped`, and would be given a seat that nobody asked for. Who waits
    or has a seat needs a coach of the new language; nobody else is given a seat for speaking it.
    """
    if before == UNREACHABLE:
        return case.levels is not None and not case.attended
    return speaks_another and case.state in {WAITING, BOOKED}


def _kept(case: Case, uow: RegistrationUnitOfWork) -> KeptContact:
    kept = uow.contacts.find(case.case_id)
    if kept is None:
        raise CaseNotRegistered("Nothing is known of how to reach this organisation; register it first.")
    return kept


def _keep_and_tell(case: Case, kept: KeptContact, uow: RegistrationUnitOfWork) -> None:
    token = uow.links.token("case", case.case_id, kept.link_version)
    uow.contacts.put(tell_contact(case, kept, uow), uow.links.hash(token))
