"""Keeps the message that an event calls for, whatever else is already known."""

from dataclasses import replace
from datetime import datetime

from frist_contracts import Event
from services.notifications.domain.decision import is_superseded
from services.notifications.domain.message import WITHHELD, Message
from services.notifications.domain.purposes import UNPLACED, WAITING
from services.notifications.domain.recipient import Recipient
from services.notifications.handlers.outcomes import tell_withheld
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork


def happened_at(event: Event, uow: NotificationsUnitOfWork) -> datetime:
    """When the event happened: the same however late it is learnt."""
    return event.occurred_at or uow.now


def plan(uow: NotificationsUnitOfWork, message: Message) -> None:
    """Plan the message, or keep it as withheld when what is known already speaks against it; once only."""
    recipient = uow.recipients.get(message.case_id) if message.case_id else None
    reason = _known_reason(message, recipient)
    if recipient and recipient.is_erased:
        message = replace(message, parameters={})
    if reason:
        message = replace(message, state=WITHHELD, reason=reason, version=1)
    if uow.messages.plan(message) and reason:
        tell_withheld(uow, [message])


def _known_reason(message: Message, recipient: Recipient | None) -> str | None:
    """Only what later events would have done too: so that order does not matter. The rest is decided when it is due."""
    if recipient is None:
        return None
    if recipient.is_erased:
        return "erased"
    if message.purpose in (WAITING, UNPLACED) and is_superseded(message, recipient):
        return "superseded"
    return None
