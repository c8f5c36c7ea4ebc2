"""Why something could not be handed over.

DeliveryError
├── AddressRefusedError   for good: this address does not work
├── DeferredError         not now: try this message again later
└── OutletDownError       nobody gets anything this way now: the server is away or does not let us in
"""


class DeliveryError(Exception):
    """A message was not taken; `reason` is a slug."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AddressRefusedError(DeliveryError):
    """The other side will never take anything for this address."""


class DeferredError(DeliveryError):
    """The other side asks to try again."""


class OutletDownError(DeliveryError):
    """The other side does not answer, or does not know us."""
