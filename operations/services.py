"""The four services, in the order an organisation meets them, and their processes."""

from frist_contracts.delivery import SERVICES

__all__ = ["KINDS", "SERVICES"]

KINDS = ("worker", "relay")
"""The processes of a service beside its web process."""
