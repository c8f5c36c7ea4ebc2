"""Registration's unit of work: one transaction with everything its handlers read and write."""

from functools import cached_property

from messaging.unit_of_work import UnitOfWork
from services.registration.storage.cases import CaseRepository
from services.registration.storage.contacts import ContactRepository
from services.registration.storage.history import HistoryRepository
from services.registration.storage.imports import ImportRepository
from services.registration.storage.places import PlaceRepository
from services.registration.storage.programmes import ProgrammeRepository
from services.registration.storage.register import RegisterRepository
from services.registration.storage.search import CaseSearch
from services.registration.storage.staff import StaffRepository
from web.links import Links
from web.settings import LinkSettings


class RegistrationUnitOfWork(UnitOfWork):
    """One transaction over registration's database."""

    @cached_property
    def links(self) -> Links:
        """Derives the organisations' links and the staff's sign-in links."""
        return Links.of(LinkSettings.load())

    @cached_property
    def programmes(self) -> ProgrammeRepository:
        """The programmes as applied."""
        return ProgrammeRepository(self.connection)

    @cached_property
    def places(self) -> PlaceRepository:
        """Municipalities and postcodes."""
        return PlaceRepository(self.connection)

    @cached_property
    def cases(self) -> CaseRepository:
        """Organisations and their cases."""
        return CaseRepository(self.journal)

    @cached_property
    def contacts(self) -> ContactRepository:
        """How organisations can be reached, and their links."""
        return ContactRepository(self.journal)

    @cached_property
    def history(self) -> HistoryRepository:
        """What happened to each case."""
        return HistoryRepository(self.journal)

    @cached_property
    def search(self) -> CaseSearch:
        """Lists and counts for staff."""
        return CaseSearch(self.connection)

    @cached_property
    def staff(self) -> StaffRepository:
        """Staff accounts and their sign-in requests."""
        return StaffRepository(self.connection)

    @cached_property
    def imports(self) -> ImportRepository:
        """Runs of the register import and what they refused."""
        return ImportRepository(self.connection)

    @cached_property
    def register(self) -> RegisterRepository:
        """Writes whole chunks of the national register."""
        return RegisterRepository(self.connection)
