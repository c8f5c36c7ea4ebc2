"""What can break in delivery.

MessagingError
├── SettingMissingError     a setting has no value; says which and how to give it
├── DatabaseAwayError       the database does not answer: nothing is acknowledged, try again later
└── BrokerAwayError         the broker does not answer or confirm in time
"""


class MessagingError(Exception):
    """Something in delivery broke."""


class SettingMissingError(MessagingError):
    """A setting has no value."""

    def __init__(self, name: str, remedy: str) -> None:
        super().__init__(f"{name} is not set: {remedy}")
        self.name = name


class DatabaseAwayError(MessagingError):
    """The database does not answer."""


class BrokerAwayError(MessagingError):
    """The broker does not answer or confirm in time."""
