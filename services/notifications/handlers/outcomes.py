"""Tells the other services what became of messages."""

from collections.abc import Sequence
from typing import Any

from frist_contracts import NATIONAL, MessageFailed, MessageSent, MessageWithheld, NoAddressLeft, SurveyInvited
from frist_contracts.registration import CaseEvent
from frist_contracts.scheduling import PlacementEvent
from services.notifications.domain.message import Message
from services.notifications.domain.recipient import Recipient
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork

AboutCase = CaseEvent | PlacementEvent | SurveyInvited

NO_CHANNEL = "none"
"""The channel of a message for which none was chosen."""


def tell_withheld(uow: NotificationsUnitOfWork, messages: Sequence[Message], events: Sequence[AboutCase] = ()) -> None:
    """Rightly not sent; each message carries its reason and version, and follows from the newest event about its case."""
    newest = {event.case_id: event for event in sorted(events, key=lambda event: event.sequence)} if messages else {}
    for message in messages:
        withheld = MessageWithheld(**_facts(message), reason=message.reason or "")
        uow.outbox.add(withheld, because=newest.get(message.case_id or ""))


def tell_sent(uow: NotificationsUnitOfWork, message: Message, channel: str, version: int) -> None:
    """Handed over."""
    uow.outbox.add(MessageSent(**{**_facts(message), "channel": channel, "sequence": version}))


def tell_failed(uow: NotificationsUnitOfWork, message: Message, channel: str, reason: str, version: int) -> None:
    """Could not be sent on this channel, for good."""
    facts = {**_facts(message), "channel": channel, "sequence": version}
    uow.outbox.add(MessageFailed(**facts, reason=reason))


def tell_no_address(uow: NotificationsUnitOfWork, recipient: Recipient) -> None:
    """Nothing works any more; said once for each contact that was given."""
    if uow.recipients.give_up(recipient.case_id):
        uow.outbox.add(
            NoAddressLeft(
                municipality=recipient.municipality,
                sequence=recipient.contact_sequence,
                case_id=recipient.case_id,
                programme_id=recipient.programme_id,
            )
        )


def _facts(message: Message) -> dict[str, Any]:
    return {
        "municipality": message.municipality or NATIONAL,
        "sequence": message.version,
        "message_id": message.message_id,
        "case_id": message.case_id,
        "programme_id": message.programme_id,
        "channel": message.channel or NO_CHANNEL,
        "purpose": message.purpose,
    }
