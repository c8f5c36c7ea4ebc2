"""Who listens to which event. The kernel's own two are heard by whoever they concern."""

from frist_contracts import PageClosed, ResendRequested
from frist_contracts.event import Event
from operations.ledger.subscriptions import subscribed_types
from operations.services import SERVICES


def subscribers_of(event: type[Event]) -> list[str]:
    """The services that subscribe to the event, in the order an organisation meets them."""
    return [service for service in SERVICES if _hears(service, event)]


def _hears(service: str, event: type[Event]) -> bool:
    if issubclass(event, ResendRequested):
        return True
    if issubclass(event, PageClosed):
        return any(name.startswith(f"{event.producer}.") for name in subscribed_types(service))
    return event.type_name() in subscribed_types(service)
