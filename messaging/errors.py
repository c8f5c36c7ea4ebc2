"""What can break in delivery.

MessagingError
├── SettingError            the environment cannot be worked with; says which setting and what to do
│   ├── SettingMissingError     it has no value
│   └── SettingUnusableError    its value makes no sense
├── DatabaseAwayError       the database does not answer: nothing is acknowledged, try again later
└── BrokerAwayError         the broker does not answer or confirm in time
"""


class MessagingError(Exception):
    """Something in delivery broke."""


class SettingError(MessagingError):
    """The environment cannot be worked with."""

    fault = "is wrong"

    def __init__(self, name: str, remedy: str) -> None:
        super().__init__(f"{name} {self.fault}: {remedy}")
        self.name = name


class SettingMissingError(SettingError):
    """A setting has no value."""

    fault = "is not set"


class SettingUnusableError(SettingError):
    """A setting has a value that makes no sense."""

    fault = "cannot be used"


class DatabaseAwayError(MessagingError):
    """The database does not answer."""


class BrokerAwayError(MessagingError):
    """The broker does not answer or confirm in time."""
