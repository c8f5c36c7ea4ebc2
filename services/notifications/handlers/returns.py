"""What comes back: letters by post, and delivery reports of SMS."""

from services.notifications.domain.decision import reason_not_to_send
from services.notifications.domain.message import SENDING, SENT, Message, again
from services.notifications.domain.recipient import LETTER, SMS
from services.notifications.domain.refusals import MessageUnknown, NotSentByLetter, StillBeingSent
from services.notifications.handlers.outcomes import tell_failed, tell_no_address
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork

RETURNED = "returned"
SOON = 30
"""Seconds; a batch is noted within half of it, and whoever died in the middle of one has lost it by then."""


def return_letter(message_id: str, uow: NotificationsUnitOfWork) -> Message:
    """A letter came back: its address is bad, and the next channel is used. Saying it twice changes nothing."""
    message = uow.overview.get(message_id)
    if message is None:
        raise MessageUnknown("There is no message with this reference; check the number at the foot of the letter.")
    if message.channel != LETTER or (message.state != SENT and message.reason != RETURNED):
        raise NotSentByLetter("This message was not sent as a letter, so it cannot have come back as one.")
    did_not_arrive(message, RETURNED, uow, is_address_bad=True)
    return message


def take_report(reference: str, status: str, uow: NotificationsUnitOfWork) -> None:
    """What the gateway says of an SMS. `delivered`; `expired` (not reached in time); `failed`, `rejected` (never).

    Raises `StillBeingSent` where the gateway is faster than the note that it took the message: it has to say so again.
    """
    message = uow.overview.get(reference)
    if message is None or message.channel != SMS:
        raise MessageUnknown("No SMS was sent with this reference.", field="reference")
    if message.state == SENDING:
        raise StillBeingSent("The message is not noted as sent yet; report again in a moment.", retry_after=SOON)
    if status == "delivered":
        uow.messages.note_delivered(reference)
    else:
        did_not_arrive(message, f"sms_{status}", uow, is_address_bad=status != "expired")


def did_not_arrive(message: Message, reason: str, uow: NotificationsUnitOfWork, *, is_address_bad: bool) -> None:
    """Say that it failed, and plan it once more for another channel if it is still of use.

    An address that is not bad is kept for what comes later: this message alone prefers any other channel that works.
    """
    version = uow.messages.fail_sent(message.message_id, reason)
    if version is None or message.case_id is None or message.settled_at is None:
        return
    channel = message.channel or ""
    tell_failed(uow, message, channel, reason, version)
    if is_address_bad:
        uow.recipients.mark_bad_since(message.case_id, channel, message.settled_at)
    recipient = uow.recipients.get(message.case_id)
    if recipient is None or recipient.contact is None:
        return
    usable = recipient.contact.usable
    if not usable:
        tell_no_address(uow, recipient)
    elif (is_address_bad or usable - {channel}) and not reason_not_to_send(message, recipient, None, uow.now):
        uow.messages.plan([again(message, uow.now, rather_than=None if is_address_bad else channel)])
