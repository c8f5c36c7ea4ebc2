"""The four services, in the order an organisation meets them, and their processes."""

import importlib
import warnings
from collections.abc import Callable
from typing import Any

from frist_contracts.delivery import SERVICES

__all__ = ["KINDS", "SERVICES", "emptier_of", "service_class"]

KINDS = ("worker", "relay")
"""The processes of a service beside its web process."""


def service_class(service: str) -> Any:
    """The class that a service's worker runs: its table of contents."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of eventlet, about itself, at every import
        return getattr(importlib.import_module(f"services.{service}.service"), f"{service.capitalize()}Service")


def emptier_of(service: str) -> Callable[[Any], None] | None:
    """What empties a service's projections, when it declares itself to be made of events: `empty_projections(uow)`."""
    return getattr(service_class(service), "empty_projections", None)
