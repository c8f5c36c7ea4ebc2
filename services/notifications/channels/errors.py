"""Why something could not be handed over.

DeliveryError
├── AddressRefusedError   for good: this address does not work
├── MessageRefusedError   for good: this message does not go this way; the address may well work
├── DeferredError         not now: try this message again later
├── NotLetThroughError    not now: the other side refuses us, not the address; the next one may pass
└── OutletDownError       nobody gets anything this way now: the server is away or does not let us in
"""


class DeliveryError(Exception):
    """A message was not taken; `reason` is a slug."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AddressRefusedError(DeliveryError):
    """The other side will never take anything for this address."""


class MessageRefusedError(DeliveryError):
    """The other side will never take this message, and says nothing of the address."""


class DeferredError(DeliveryError):
    """The other side asks to try again."""


class NotLetThroughError(DeliveryError):
    """The other side answers, and refuses us rather than the address: credentials, relaying, a quota."""


class OutletDownError(DeliveryError):
    """The other side does not answer, or does not know us."""
