"""The four services, in the order an organisation meets them, and what each listens to."""

import importlib
from functools import cache

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

SERVICES = ("registration", "scheduling", "notifications", "reporting")
KINDS = ("worker", "relay")
"""The processes of a service beside its web process."""


@cache
def subscribed_types(service: str) -> frozenset[str]:
    """The wire names of the events that a service subscribes to."""
    module = importlib.import_module(f"services.{service}.subscriptions")
    table = getattr(module, f"{service.capitalize()}Subscriptions")
    extensions = (
        extension
        for attribute in vars(table).values()
        for extension in getattr(attribute, ENTRYPOINT_EXTENSIONS_ATTR, ())
    )
    return frozenset(event.type_name() for extension in extensions for event in extension.events)
