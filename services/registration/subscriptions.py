"""What registration listens to."""

from frist_contracts import NoAddressLeft
from messaging.subscribe import subscribe
from services.registration import handlers
from services.registration.handlers.placing import STAGES


class RegistrationSubscriptions:
    """One line for each kind of news."""

    on_placements = subscribe(tuple(STAGES), handlers.follow_placements, many=True)
    on_no_address_left = subscribe(NoAddressLeft, handlers.mark_unreachable)
