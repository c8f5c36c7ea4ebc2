"""What scheduling listens to."""

from frist_contracts.registration import (
    CaseAssessed,
    CaseClosed,
    CaseErased,
    ContactChanged,
    MunicipalitiesImported,
    ProgrammeApplied,
    StaffSessionsEnded,
)
from messaging.subscribe import subscribe
from services.scheduling.handlers import cases, programmes
from web.staff_session import learn_sessions_ended


class SchedulingSubscriptions:
    """What scheduling listens to: programmes, and what cases need and how they end."""

    on_programme_applied = subscribe(ProgrammeApplied, programmes.apply_programme)
    on_municipalities_imported = subscribe(MunicipalitiesImported, programmes.import_municipalities)
    on_contact_changed = subscribe(ContactChanged, cases.remember_contacts, many=True)
    on_case_assessed = subscribe(CaseAssessed, cases.place_case)
    on_case_closed = subscribe(CaseClosed, cases.release_case)
    on_case_erased = subscribe(CaseErased, cases.erase_case)
    on_staff_sessions_ended = subscribe(StaffSessionsEnded, learn_sessions_ended)
