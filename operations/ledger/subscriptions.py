"""Which events a service subscribes to, as its own table of contents says."""

from functools import cache

from frist_contracts import Event
from operations.services import service_class


@cache
def subscribed_events(service: str) -> frozenset[type[Event]]:
    """The events that a service subscribes to."""
    table = service_class(service)
    from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR  # noqa: PLC0415 - after its warnings are silenced

    extensions = (
        extension for name in dir(table) for extension in getattr(getattr(table, name), ENTRYPOINT_EXTENSIONS_ATTR, ())
    )
    return frozenset(event for extension in extensions for event in getattr(extension, "events", ()))


@cache
def subscribed_types(service: str) -> frozenset[str]:
    """Their wire names."""
    return frozenset(event.type_name() for event in subscribed_events(service))
