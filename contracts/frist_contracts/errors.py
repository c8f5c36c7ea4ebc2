"""What can be wrong with an event on the wire.

ContractError
├── UnreadableEventError   the bytes are not an event we can read; says which field and why
└── UnknownEventError      an event type that the catalogue does not hold
"""


class ContractError(Exception):
    """Something on the wire is not as the contracts say."""


class UnreadableEventError(ContractError):
    """The bytes cannot be read as an event."""


class UnknownEventError(ContractError):
    """No event of this type is in the catalogue."""

    def __init__(self, type_name: str) -> None:
        super().__init__(f"unknown event type {type_name!r}")
        self.type_name = type_name
