"""Puts together what a person or program sees of one case."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from services.registration.domain.case import Case
from services.registration.domain.contact import Contact
from services.registration.domain.duties import ShownDuty, duties_in_order
from services.registration.domain.words import EXEMPT, FULFILLED
from services.registration.storage.cases import Organisation
from services.registration.storage.programmes import Programme
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class CaseView:
    """A case with its programme, its organisation, its contact data and what is left to do.

    `has_hidden_address`: a postal address is known that `contact` does not show.
    """

    case: Case
    programme: Programme
    organisation: Organisation | None
    municipality_name: str
    contact: Contact | None
    duties: list[ShownDuty]
    achieved: set[str]
    today: date
    has_hidden_address: bool = False

    @property
    def name(self) -> str:
        """The organisation's name; empty once erased."""
        return self.contact.organisation_name if self.contact else self.organisation.name if self.organisation else ""

    @property
    def has_address(self) -> bool:
        """Whether letters have somewhere to go."""
        return self.has_hidden_address or bool(self.contact and self.contact.address)

    @property
    def days_left(self) -> int:
        """Days until the programme's last day; negative after it."""
        return (self.programme.last_day - self.today).days

    @property
    def is_late(self) -> bool:
        """Whether the deadline has passed and the duty is neither met nor lifted."""
        return self.programme.has_deadline and self.days_left < 0 and self.case.state not in {FULFILLED, EXEMPT}


def show_case(case_id: str, uow: RegistrationUnitOfWork) -> CaseView:
    """Everything about a case; raises `CaseUnknown`."""
    kept = uow.contacts.find(case_id)
    return _view(case_id, kept.contact if kept else None, uow)


def show_own_case(case_id: str, uow: RegistrationUnitOfWork) -> CaseView:
    """What its own link shows of a case: no address that whoever holds the link did not give."""
    kept = uow.contacts.find(case_id)
    view = _view(case_id, kept.shown if kept else None, uow)
    return replace(view, has_hidden_address=kept is not None and kept.shown != kept.contact)


def _view(case_id: str, contact: Contact | None, uow: RegistrationUnitOfWork) -> CaseView:
    case = uow.cases.get(case_id)
    programme, places = uow.programmes.with_places(case.programme_id)
    achieved = uow.cases.achievements([case_id]).get(case_id, set())
    done = set(programme.topics) if case.state == FULFILLED else achieved
    return CaseView(
        case=case,
        programme=programme,
        organisation=uow.cases.organisation(case.organisation_id) if case.organisation_id else None,
        municipality_name=places.names.get(case.municipality, case.municipality),
        contact=contact,
        duties=duties_in_order(programme.definition["obligations"], case.kind, done),
        achieved=achieved,
        today=local_today(programme, uow),
    )


def local_today(programme: Programme, uow: RegistrationUnitOfWork) -> date:
    """The business day where the programme runs."""
    return uow.now.astimezone(ZoneInfo(programme.definition["time_zone"])).date()


def as_json(view: CaseView) -> dict[str, Any]:
    """The case as programs get it."""
    case, contact = view.case, view.contact
    return {
        "case_id": case.case_id,
        "programme_id": case.programme_id,
        "organisation_id": case.organisation_id,
        "number": view.organisation.number if view.organisation else None,
        "kind": case.kind,
        "municipality": case.municipality,
        "state": case.state,
        "ending_reason": case.ending_reason,
        "is_late": view.is_late,
        "deadline": view.programme.definition["deadline"],
        "contact": vars(contact) if contact else None,
        "help_forms": case.help_forms,
        "levels": case.levels,
        "topics": case.topics,
        "achieved": sorted(view.achieved),
        "duties": [
            {"obligation_id": d.obligation_id, "topic": d.topic, "binds_on": d.binds_on, "is_done": d.is_done}
            for d in view.duties
        ],
    }
