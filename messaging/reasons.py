"""Why a message failed, in words that can be kept: a sentence for people, and everything for whoever mends it."""

import traceback

from psycopg.errors import DivisionByZero
from sqlalchemy.exc import DataError

from frist_contracts import ContractError, UnknownEventError
from messaging.refusals import Refusal

LONGEST_REASON = 500
LONGEST_DETAIL = 50_000
"""Characters that are kept of what went wrong, in a sentence and at length."""


def is_final(error: Exception) -> bool:
    """Whether it will be the same next time: the domain declined, what follows from it is an event that nobody would read,
    or there is a value that a column cannot hold.
    """
    return isinstance(error, Refusal | ContractError) or (
        isinstance(error, DataError) and not isinstance(error.orig, DivisionByZero)
    )


def reason_of(error: Exception) -> str:
    """A sentence that begins with what kind of failure it is."""
    match error:
        case UnknownEventError():
            text = f"unknown_event: {error}"
        case ContractError():
            text = f"unreadable_event: {error}"
        case Refusal():
            text = f"{error.slug}: {error}"
        case DataError() if is_final(error):
            text = f"the database cannot keep a value of it: {error.orig}".splitlines()[0]
        case _:
            text = f"{type(error).__name__}: {error}"
    return _keepable(text, LONGEST_REASON)


def detail_of(error: Exception) -> str:
    """The stack."""
    return _keepable("".join(traceback.format_exception(error)), LONGEST_DETAIL)


def _keepable(text: str, most: int) -> str:
    return text.encode(errors="replace").decode().replace("\x00", "\ufffd")[:most]
