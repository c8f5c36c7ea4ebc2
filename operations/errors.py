"""What can go wrong while the platform is being run; each message says what to do next.

OperationsError
├── StartError      PostgreSQL, RabbitMQ or a process of the platform did not start
├── RequestError    the platform answered a request of the command with a refusal
└── NoAnswerError   the platform did not answer one
"""


class OperationsError(Exception):
    """Something about running the platform failed."""


class StartError(OperationsError):
    """A part of the platform could not be started."""


class RequestError(OperationsError):
    """The platform refused what the command asked for."""


class NoAnswerError(OperationsError, ConnectionError):
    """The platform could not be reached, or broke off before it had answered."""
