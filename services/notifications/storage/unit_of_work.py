"""One transaction of notifications."""

from functools import cached_property

from messaging.unit_of_work import UnitOfWork
from services.notifications.storage.letter_batches import LetterBatches
from services.notifications.storage.messages import Messages
from services.notifications.storage.overview import Overview
from services.notifications.storage.plans import Plans
from services.notifications.storage.programmes import Programmes
from services.notifications.storage.recipients import Recipients


class NotificationsUnitOfWork(UnitOfWork):
    """The kernel's unit of work with notifications' repositories."""

    @cached_property
    def programmes(self) -> Programmes:
        """The programmes applied so far."""
        return Programmes(self.connection)

    @cached_property
    def recipients(self) -> Recipients:
        """The cases and how to reach them."""
        return Recipients(self.connection, self.now)

    @cached_property
    def messages(self) -> Messages:
        """The messages and what became of them."""
        return Messages(self.connection, self.now)

    @cached_property
    def plans(self) -> Plans:
        """The steps that plan for many at once."""
        return Plans(self.connection, self.now)

    @cached_property
    def letter_batches(self) -> LetterBatches:
        """What was printed."""
        return LetterBatches(self.connection, self.now)

    @cached_property
    def overview(self) -> Overview:
        """What staff look at."""
        return Overview(self.connection, self.now)
