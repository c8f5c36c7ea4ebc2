"""What is learnt of cases: their state, how to reach them, that they are to be forgotten."""

from collections.abc import Sequence

from frist_contracts import CaseErased, CaseLinkRequested, CaseRegistered, ContactChanged
from frist_contracts.registration import CaseEvent
from messaging.erasure import erase_subject
from services.notifications.domain.purposes import LINK, RECEIPT
from services.notifications.domain.recipient import Recipient
from services.notifications.handlers.drafting import draft_to_case, plan
from services.notifications.handlers.outcomes import tell_withheld
from services.notifications.storage.recipients import CONTACT_COLUMNS
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork


def learn_states(events: Sequence[CaseEvent], uow: NotificationsUnitOfWork) -> None:
    """The cases are in these states now; steps meant for other states stop at once."""
    changed = uow.recipients.learn_states([_case(event) for event in events], [event.sequence for event in events])
    tell_withheld(uow, uow.messages.withhold_out_of_state(changed), events)


def learn_contacts(events: Sequence[ContactChanged], uow: NotificationsUnitOfWork) -> None:
    """The organisations are to be reached like this now; the messages of one that moved are its new municipality's."""
    learn_states(events, uow)
    uow.messages.follow_moved([event.case_id for event in events])
    uow.recipients.learn_contacts(
        {
            "case_id": event.case_id,
            "contact_sequence": event.sequence,
            **{name: getattr(event, name) for name in CONTACT_COLUMNS},
        }
        for event in events
    )


def receive_registrations(events: Sequence[CaseRegistered], uow: NotificationsUnitOfWork) -> None:
    """Whoever registers gets a receipt with their own link."""
    learn_states(events, uow)
    plan(uow, [draft_to_case(RECEIPT, event, uow) for event in events], events)


def send_links_again(events: Sequence[CaseLinkRequested], uow: NotificationsUnitOfWork) -> None:
    """Whoever asks for their own link gets it, and no second one beside one that has not gone yet."""
    learn_states(events, uow)
    plan(uow, [draft_to_case(LINK, event, uow) for event in events], events)
    tell_withheld(uow, uow.messages.withhold_older_links(sorted({event.case_id for event in events})), events)


def forget_case(event: CaseErased, uow: NotificationsUnitOfWork) -> None:
    """Nothing personal of the case stays: no contact, no parameters, no page in a letter batch."""
    uow.recipients.erase(_case(event))
    uow.letter_batches.spoil(event.case_id)
    tell_withheld(uow, uow.messages.erase(event.case_id))
    erase_subject(uow.connection, event.case_id)


def _case(event: CaseEvent) -> Recipient:
    return Recipient(event.case_id, event.programme_id, event.municipality, event.state)
