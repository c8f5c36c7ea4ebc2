"""What can be wrong with an event on the wire.

ContractError
├── UnreadableEventError   the bytes are not an event we can read; says which field and why
├── UnknownEventError      an event type that the catalogue does not hold
└── EventTooLargeError     an event of ours that no reader would accept
"""

LONGEST_SHOWN = 60


class ContractError(Exception):
    """Something on the wire is not as the contracts say."""


class UnreadableEventError(ContractError):
    """The bytes cannot be read as an event."""


class UnknownEventError(ContractError):
    """No event of this type is in the catalogue."""

    def __init__(self, type_name: str) -> None:
        super().__init__(f"unknown event type '{shown(type_name)}'")
        self.type_name = type_name


class EventTooLargeError(ContractError):
    """An event is larger than readers accept; it has to be cut into several."""


def shown(text: str) -> str:
    """A stranger's text as it may stand in a sentence for an operator: short, and nothing a terminal would obey."""
    short = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
    return harmless(short)


def harmless(text: str, but: str = "") -> str:
    """A stranger's text with nothing in it that a terminal would obey, `but` for these characters."""
    return "".join(character if character.isprintable() or character in but else "\ufffd" for character in text)
