"""Tells the others what became of a case: the events, each with the case's next version."""

from collections.abc import Collection
from typing import Any

from frist_contracts import (
    CaseAssessed,
    CaseClosed,
    CaseErased,
    CaseLinkRequested,
    CaseOpened,
    CaseProgressed,
    CaseRegistered,
    ContactChanged,
    Event,
    Lane,
)
from services.registration.domain.case import Case
from services.registration.domain.words import FINAL_STATES, OBLIGED, REGISTERED
from services.registration.storage.contacts import KeptContact
from services.registration.storage.history import HistoryEntry
from services.registration.storage.unit_of_work import RegistrationUnitOfWork

BY_PROGRAMME = "programme"
"""Who did what nobody in person did."""


def tell_opened(case: Case, uow: RegistrationUnitOfWork, lane: Lane | None = None) -> None:
    """The case exists."""
    uow.outbox.add(_opened(case), lane=lane)


def tell_registered(case: Case, uow: RegistrationUnitOfWork) -> None:
    """The organisation was heard from."""
    uow.outbox.add(_registered(case))


def tell_link_requested(case: Case, uow: RegistrationUnitOfWork) -> None:
    """The organisation's own link is to be sent to it."""
    uow.outbox.add(CaseLinkRequested(**_about(case)))


def tell_contact(case: Case, kept: KeptContact, uow: RegistrationUnitOfWork, lane: Lane | None = None) -> KeptContact:
    """How the organisation can be reached from now on; returns what was told, with its sequence, to be kept."""
    told = kept.changed_to(kept.contact, case.version + 1)
    uow.outbox.add(ContactChanged(**_about(case), **vars(kept.contact), link_version=kept.link_version), lane=lane)
    return told


def tell_assessed(
    case: Case, language: str, uow: RegistrationUnitOfWork, *, achieved: Collection[str] = frozenset()
) -> None:
    """The skills inventory was answered, or is told again; with what is `achieved` already no help is wanted any more.

    Unless that is everything: who has a seat or waits for one still wants it.
    """
    uow.outbox.add(
        CaseAssessed(
            **_about(case),
            organisation_id=case.organisation_id or "",
            levels=case.levels or {},
            topics=[topic for topic in case.topics if topic not in achieved] or case.topics,
            help_forms=case.help_forms,
            language=language,
        )
    )


def tell_erased(case: Case, uow: RegistrationUnitOfWork) -> None:
    """The organisation's personal data is to be removed everywhere."""
    uow.outbox.add(CaseErased(**_about(case)))


def tell_state(case: Case, before: str, uow: RegistrationUnitOfWork, because: Event | None = None) -> bool:
    """The case's state, when it is another than `before`; returns whether it is."""
    if case.state == before:
        return False
    uow.outbox.add(_in_its_state(case), because=because)
    return True


def tell_moved(case: Case, uow: RegistrationUnitOfWork) -> None:
    """The case goes on as it was in another municipality; who hears no contact data learns it by this."""
    uow.outbox.add(CaseProgressed(**_about(case)))


def remember(case: Case, what: str, done_by: str, uow: RegistrationUnitOfWork, note: str | None = None) -> None:
    """Keep in the case's history what happened."""
    uow.history.add([HistoryEntry(case.case_id, uow.now, what, case.state, done_by, note)])


def _in_its_state(case: Case) -> Event:
    if case.state in FINAL_STATES:
        return CaseClosed(**_about(case))
    if case.state == OBLIGED:
        return _opened(case)
    if case.state == REGISTERED:
        return _registered(case)
    return CaseProgressed(**_about(case))


def _opened(case: Case) -> CaseOpened:
    return CaseOpened(**_about(case), organisation_id=case.organisation_id or "", kind=case.kind)


def _registered(case: Case) -> CaseRegistered:
    return CaseRegistered(
        **_about(case),
        organisation_id=case.organisation_id or "",
        kind=case.kind,
        help_forms=case.help_forms,
        registered_by=case.registered_by or "organisation",
    )


def _about(case: Case) -> dict[str, Any]:
    return {
        "case_id": case.case_id,
        "programme_id": case.programme_id,
        "municipality": case.municipality,
        "state": case.state,
        "sequence": case.next_version(),
    }
