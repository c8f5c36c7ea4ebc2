"""What scheduling listens to."""

from frist_contracts.registration import (
    CaseAssessed,
    CaseClosed,
    CaseErased,
    ContactChanged,
    MunicipalitiesImported,
    ProgrammeApplied,
)
from messaging.subscribe import subscribe
from services.scheduling.handlers import cases, programmes


class SchedulingSubscriptions:
    """What scheduling listens to: programmes, and what cases need and how they end."""

    on_programme_applied = subscribe(ProgrammeApplied, programmes.apply_programme)
    on_municipalities_imported = subscribe(MunicipalitiesImported, programmes.import_municipalities)
    on_contact_changed = subscribe(ContactChanged, cases.remember_contacts, many=True)
    on_case_assessed = subscribe(CaseAssessed, cases.place_case)
    on_case_closed = subscribe(CaseClosed, cases.release_case)
    on_case_erased = subscribe(CaseErased, cases.erase_case)
