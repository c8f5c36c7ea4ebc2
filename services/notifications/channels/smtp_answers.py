"""Whom a mail server's refusal is about: the address, this one mail, or us (RFC 5321; enhanced codes by RFC 3463)."""

import re

from services.notifications.channels.errors import (
    AddressRefusedError,
    DeferredError,
    DeliveryError,
    MessageRefusedError,
    NotLetThroughError,
    OutletDownError,
)

RECIPIENT = "recipient"
CONTENT = "content"

_PERMANENT = 500
_LOG_IN_FIRST = frozenset({530, 535})
_NO_SUCH_MAILBOX = frozenset({550, 551, 553})
"""What says so of the recipient where no enhanced code says more."""

_ENHANCED = re.compile(rb"\s*5\.(\d{1,3})\.(\d{1,3})\b")
_OUR_OWN_ADDRESS = frozenset({(1, 7), (1, 8)})
_UNDEFINED, _ADDRESS, _MAILBOX, _SYSTEM, _ROUTING, _PROTOCOL, _MEDIA = range(7)

_ABOUT: dict[str, dict[int, type[DeliveryError]]] = {
    RECIPIENT: {
        _ADDRESS: AddressRefusedError,
        _MAILBOX: AddressRefusedError,
        _PROTOCOL: MessageRefusedError,
        _MEDIA: MessageRefusedError,
    },
    CONTENT: {
        _ADDRESS: AddressRefusedError,
        _MAILBOX: AddressRefusedError,
        _SYSTEM: NotLetThroughError,
        _ROUTING: NotLetThroughError,
    },
}
_ELSE: dict[str, type[DeliveryError]] = {RECIPIENT: NotLetThroughError, CONTENT: MessageRefusedError}
"""Before the mail is seen a refusal that names no address is one of us; afterwards it is one of what the mail says."""


def judged(stage: str, code: int, answer: bytes) -> DeliveryError:
    """The error that a refusal of the `RECIPIENT` or of the `CONTENT` means."""
    return _kind(stage, code, answer)(f"mail_{stage}_{code}")


def _kind(stage: str, code: int, answer: bytes) -> type[DeliveryError]:
    if code < _PERMANENT:
        return DeferredError
    if code in _LOG_IN_FIRST:
        return OutletDownError
    found = _ENHANCED.match(answer)
    subject, detail = (int(found[1]), int(found[2])) if found else (_UNDEFINED, 0)
    if (subject, detail) in _OUR_OWN_ADDRESS:
        return NotLetThroughError
    if subject == _UNDEFINED and stage == RECIPIENT and code in _NO_SUCH_MAILBOX:
        return AddressRefusedError
    return _ABOUT[stage].get(subject, _ELSE[stage])
