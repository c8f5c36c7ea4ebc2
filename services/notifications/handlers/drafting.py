"""Keeps the messages that events call for, whatever else is already known."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from frist_contracts import Event
from frist_contracts.registration import CaseEvent
from frist_contracts.scheduling import PlacementEvent
from services.notifications.domain.decision import is_superseded
from services.notifications.domain.message import WITHHELD, Message, draft
from services.notifications.domain.purposes import UNPLACED, WAITING
from services.notifications.domain.recipient import Recipient
from services.notifications.handlers.outcomes import AboutCase, tell_withheld
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork


def happened_at(event: Event, uow: NotificationsUnitOfWork) -> datetime:
    """When the event happened: the same however late it is learnt."""
    return event.occurred_at or uow.now


def plan(uow: NotificationsUnitOfWork, drafts: Sequence[Message], events: Sequence[AboutCase] = ()) -> None:
    """Plan what these events call for, or keep as withheld what is known already to be of no use; each once only."""
    cases = {message.case_id for message in drafts if message.case_id}
    recipients = uow.recipients.load(sorted(cases)) if cases else {}
    planned = [_as_known(message, recipients.get(message.case_id or "")) for message in drafts]
    kept = uow.messages.plan(planned)
    tell_withheld(uow, [one for one in planned if one.state == WITHHELD and one.message_id in kept], events)


def _as_known(message: Message, recipient: Recipient | None) -> Message:
    reason = _known_reason(message, recipient)
    if recipient:
        message = replace(message, municipality=recipient.municipality)
    if recipient and recipient.is_erased:
        message = replace(message, parameters={})
    return replace(message, state=WITHHELD, reason=reason, version=1) if reason else message


def _known_reason(message: Message, recipient: Recipient | None) -> str | None:
    """Only what later events would have done too: so that order does not matter. The rest is decided when it is due."""
    if recipient is None:
        return None
    if recipient.is_erased:
        return "erased"
    if message.purpose in (WAITING, UNPLACED) and is_superseded(message, recipient):
        return "superseded"
    return None


def draft_to_case(
    purpose: str, event: CaseEvent | PlacementEvent, uow: NotificationsUnitOfWork, **more: Any
) -> Message:
    """The message to a case's organisation that an event about the case calls for; `more` is for `draft`."""
    return draft(
        purpose,
        subject=event.case_id,
        occasion=str(event.sequence),
        at=happened_at(event, uow),
        municipality=event.municipality,
        case_id=event.case_id,
        programme_id=event.programme_id,
        sequence=event.sequence,
        **more,
    )
