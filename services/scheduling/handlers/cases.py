"""What scheduling does when registration tells of cases. Any order of events leads to the same place."""

from frist_contracts.registration import CaseAssessed, CaseClosed, CaseErased, ContactChanged
from messaging.erasure import erase_subject
from services.scheduling.domain.case import Case
from services.scheduling.handlers.placing import let_go, place, replace_seat, wait
from services.scheduling.storage.contacts import Contact
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork


def place_case(event: CaseAssessed, uow: SchedulingUnitOfWork) -> None:
    """An inventory was answered: the case gets a seat or waits for one."""
    if not uow.cases.assess(event):
        return
    case = uow.cases.in_hand(event.case_id)
    if case and case.is_open:
        settle(case, uow)


def settle(case: Case, uow: SchedulingUnitOfWork) -> None:
    """Bring the case's place in line with what it needs now.

    A session that has begun stays what it was for: its coach records that, and what is needed since is seen to then.
    """
    if not case.need.wants_help:
        let_go(case, uow, by="organisation", reason="no_help_wanted")
        return
    booking = uow.bookings.live_of_case(case.case_id) if case.placement.state == "booked" else None
    if booking is None:
        place(case, uow)
        return
    if booking.starts_at <= uow.now:
        return
    session = uow.sessions.get(booking.session_id)
    if session and not case.suits(session.offer):
        replace_seat(case, booking, uow, by="organisation", reason="needs_changed")
    else:
        uow.bookings.set_topics(booking.booking_id, case.need)


def release_case(event: CaseClosed, uow: SchedulingUnitOfWork) -> None:
    """A case ended: its seat goes to the next in line."""
    if not uow.cases.close(event.case_id, event.programme_id, event.municipality, event.sequence):
        return
    case = uow.cases.in_hand(event.case_id)
    if case and not case.is_open:
        let_go(case, uow, by="programme", reason="case_closed")


def remember_contacts(events: list[ContactChanged], uow: SchedulingUnitOfWork) -> None:
    """How organisations are called and reached, and what their links hash to; who moved waits where it is now.

    A seat that was given stays: its owner chose it, or was told of it.
    """
    links = uow.links
    uow.contacts.save(
        _contact(event, links.hash(links.token("case", event.case_id, event.link_version))) for event in events
    )
    told = {event.case_id: event for event in events}
    uow.placements.look_again_for_visits(list(told))
    for case_id in uow.placements.moved(list(told)):
        case = uow.cases.in_hand(case_id)
        if case and case.placement.state == "waiting":
            wait(case, uow, case.placement.reason, because=told[case_id])


def erase_case(event: CaseErased, uow: SchedulingUnitOfWork) -> None:
    """Names, numbers, phones and links go; what was counted stays. Nobody without a name keeps a seat."""
    uow.contacts.save([Contact(event.case_id, event.sequence, event.municipality)])
    erase_subject(uow.connection, event.case_id)
    is_news = uow.cases.close(event.case_id, event.programme_id, event.municipality, event.sequence)
    uow.cases.erase(event.case_id)
    uow.corrections.forget_reasons(event.case_id)
    if not is_news:
        return
    case = uow.cases.in_hand(event.case_id)
    if case and not case.is_open:
        let_go(case, uow, by="programme", reason="case_closed")


def _contact(event: ContactChanged, link_hash: bytes) -> Contact:
    place_of_business = " ".join(filter(None, (event.postcode, event.city)))
    return Contact(
        case_id=event.case_id,
        sequence=event.sequence,
        municipality=event.municipality,
        link_hash=link_hash,
        organisation_name=event.organisation_name,
        contact_name=event.contact_name,
        address=", ".join(filter(None, (event.address, place_of_business))) if event.address else None,
        phone=event.phone,
        language=event.language,
    )
