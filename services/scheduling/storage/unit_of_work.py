"""Scheduling's unit of work: one transaction with every repository at hand."""

from functools import cached_property

from messaging.unit_of_work import UnitOfWork
from services.scheduling.storage.bookings import BookingRepository
from services.scheduling.storage.capacity import CapacityRepository
from services.scheduling.storage.cases import CaseRepository
from services.scheduling.storage.coaches import CoachRepository
from services.scheduling.storage.contacts import ContactRepository
from services.scheduling.storage.corrections import CorrectionRepository
from services.scheduling.storage.line import WaitingLine
from services.scheduling.storage.listings import Listings
from services.scheduling.storage.placements import PlacementRepository
from services.scheduling.storage.programmes import ProgrammeRepository
from services.scheduling.storage.seats import SeatRepository
from services.scheduling.storage.sessions import SessionRepository
from services.scheduling.storage.venues import VenueRepository
from web.links import Links
from web.settings import LinkSettings


class SchedulingUnitOfWork(UnitOfWork):
    """What scheduling's handlers read and write with."""

    @cached_property
    def links(self) -> Links:
        """Derives organisations' links, of which only the hash is kept."""
        return Links.of(LinkSettings.load())

    @cached_property
    def programmes(self) -> ProgrammeRepository:
        """Programmes and municipalities, as registration told them."""
        return ProgrammeRepository(self.connection)

    @cached_property
    def cases(self) -> CaseRepository:
        """Cases and what they need."""
        return CaseRepository(self.connection)

    @cached_property
    def contacts(self) -> ContactRepository:
        """Names, phones and links of organisations."""
        return ContactRepository(self.connection)

    @cached_property
    def placements(self) -> PlacementRepository:
        """Where each case stands."""
        return PlacementRepository(self.connection)

    @cached_property
    def line(self) -> WaitingLine:
        """The one waiting list."""
        return WaitingLine(self.connection)

    @cached_property
    def venues(self) -> VenueRepository:
        """Libraries and their rooms."""
        return VenueRepository(self.connection)

    @cached_property
    def coaches(self) -> CoachRepository:
        """Coaches and their weeks."""
        return CoachRepository(self.connection)

    @cached_property
    def sessions(self) -> SessionRepository:
        """Sessions as such."""
        return SessionRepository(self.connection)

    @cached_property
    def seats(self) -> SeatRepository:
        """The search for a seat, and taking it."""
        return SeatRepository(self.connection)

    @cached_property
    def bookings(self) -> BookingRepository:
        """Cases in sessions."""
        return BookingRepository(self.connection)

    @cached_property
    def corrections(self) -> CorrectionRepository:
        """What was recorded wrongly, and put right."""
        return CorrectionRepository(self.connection)

    @cached_property
    def capacity(self) -> CapacityRepository:
        """What is to be told of seats and takings."""
        return CapacityRepository(self.connection)

    @cached_property
    def listings(self) -> Listings:
        """What people look at: days, weeks, the line."""
        return Listings(self.connection)
