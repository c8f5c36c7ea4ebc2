"""Which events a service subscribes to, as its own table of contents says."""

import importlib
import warnings
from functools import cache


@cache
def subscribed_types(service: str) -> frozenset[str]:
    """The wire names of the events that a service subscribes to."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of eventlet, about itself, at every import
        from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR  # noqa: PLC0415

        module = importlib.import_module(f"services.{service}.subscriptions")
    table = getattr(module, f"{service.capitalize()}Subscriptions")
    extensions = (
        extension
        for attribute in vars(table).values()
        for extension in getattr(attribute, ENTRYPOINT_EXTENSIONS_ATTR, ())
    )
    return frozenset(event.type_name() for extension in extensions for event in extension.events)
