"""Who listens to which event."""

from frist_contracts.event import Event
from operations.ledger.subscriptions import subscribed_types
from operations.services import SERVICES


def subscribers_of(event: type[Event]) -> list[str]:
    """The services that subscribe to the event, in the order an organisation meets them."""
    return [service for service in SERVICES if event.type_name() in subscribed_types(service)]
