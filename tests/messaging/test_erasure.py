"""Erasing takes personal data out of what a service keeps of events, also of those that come later, and leaves the log whole."""

from typing import Any

import pytest

from frist_contracts import CaseAssessed, ContactChanged, Event, Lane, decode, encode, with_position
from messaging.clock import machine_now
from messaging.delivery import Delivery, Message, Route
from messaging.identifiers import new_id
from messaging.refusals import Refusal
from tests.messaging.conftest import Sample

NUMBER = "se-orgnr-8507099805"


def a_contact(case_id: str) -> ContactChanged:
    return ContactChanged(
        municipality="dk-0101",
        case_id=case_id,
        programme_id="p",
        state="registered",
        organisation_name="Canary Bakery",
        email="canary@example.org",
        phone="+4520202020",
    )


def an_assessment(case_id: str) -> CaseAssessed:
    return CaseAssessed(
        municipality="dk-0101",
        case_id=case_id,
        programme_id="p",
        state="assessed",
        organisation_id=NUMBER,
        levels={},
        topics=[],
        help_forms=[],
        language="da",
    )


class ContactRefused(Refusal):
    """Never tried again."""


def refuse(event: ContactChanged, uow: Any) -> None:
    raise ContactRefused(f"no such address: {event.email}")


def fail(event: ContactChanged, uow: Any) -> None:
    raise RuntimeError(f"no answer from {event.email}")


def body_of(event: Event) -> bytes:
    event_id = new_id()
    body = encode(event, event_id=event_id, time=machine_now(), lane=Lane.BULK, correlation_id=event_id)
    return with_position(body, 1)


def without_its_name(body: bytes) -> bytes:
    """A message that is refused as unreadable, with the rest of the contact data in it."""
    return body.replace(b'"organisation_name"', b'"organization_name"')


def of_a_later_version(body: bytes) -> bytes:
    return body.replace(b"contact_changed.v1", b"contact_changed.v2")


def deliver(sample: Sample, *bodies: bytes, handler: Any = refuse, is_redelivered: bool = False) -> None:
    messages = [Message(body, Lane.BULK, is_redelivered=is_redelivered) for body in bodies]
    Delivery(sample.database, {ContactChanged: Route(handler)}).deliver(messages)


def erase(sample: Sample, case_id: str) -> int:
    with sample.database.begin() as uow:
        return uow.outbox.erase(case_id)


def kept(sample: Sample) -> str:
    """Everything that is kept of events that failed."""
    with sample.database.begin() as uow:
        rows = [
            tuple(row) for table in ("parked", "retries") for row in uow.connection.exec_driver_sql(f"TABLE {table}")
        ]
    return str(rows)


def test_an_erased_subject_leaves_its_events_without_personal_data(sample: Sample) -> None:
    case_id, other = new_id(), new_id()
    sample.announce(a_contact(case_id), a_contact(other))

    erased = erase(sample, case_id)

    assert erased == 1
    envelope = sample.scalar("SELECT envelope FROM outbox WHERE subject = :case_id", case_id=case_id)
    assert "anary" not in envelope
    assert decode(with_position(envelope, 1)).subject == case_id
    assert "Canary Bakery" in sample.scalar("SELECT envelope FROM outbox WHERE subject = :other", other=other)


def test_what_is_announced_in_the_same_transaction_is_erased_too(sample: Sample) -> None:
    case_id = new_id()

    with sample.database.begin() as uow:
        uow.outbox.add(a_contact(case_id))
        uow.outbox.erase(case_id)

    assert "anary" not in sample.scalar("SELECT envelope FROM outbox WHERE subject = :case_id", case_id=case_id)


def test_the_national_number_leaves_events_that_carry_no_contact_data(sample: Sample) -> None:
    case_id = new_id()
    sample.announce(an_assessment(case_id))
    sample.execute("UPDATE outbox SET published_at = clock_timestamp()")
    sample.announce(an_assessment(case_id))

    erased = erase(sample, case_id)

    assert erased == 2
    with sample.database.begin() as uow:
        envelopes = uow.connection.exec_driver_sql("SELECT envelope FROM outbox").scalars().all()
    events = [decode(with_position(envelope, 1)).event for envelope in envelopes]
    assert [(type(event), event.subject, event.organisation_id) for event in events] == [
        (CaseAssessed, case_id, "")
    ] * 2


@pytest.mark.parametrize("handler", [refuse, fail], ids=["parked", "tried again"])
def test_what_failed_is_kept_without_personal_data(sample: Sample, handler: Any) -> None:
    case_id, other = new_id(), new_id()
    deliver(sample, body_of(a_contact(case_id)), handler=handler)

    erase(sample, case_id)

    assert "anary" not in kept(sample)
    assert case_id in kept(sample)
    deliver(sample, body_of(a_contact(other)), handler=handler)
    assert "Canary Bakery" in kept(sample)


@pytest.mark.parametrize("handler", [refuse, fail], ids=["parked", "tried again"])
@pytest.mark.parametrize("is_redelivered", [False, True], ids=["at once", "alone"])
def test_what_fails_after_the_erasure_is_kept_without_personal_data(
    sample: Sample, handler: Any, is_redelivered: bool
) -> None:
    case_id = new_id()
    erase(sample, case_id)

    deliver(sample, body_of(a_contact(case_id)), handler=handler, is_redelivered=is_redelivered)

    assert "anary" not in kept(sample)
    assert case_id in kept(sample)


def test_what_the_broker_gives_up_on_after_the_erasure_is_kept_without_personal_data(sample: Sample) -> None:
    case_id = new_id()
    erase(sample, case_id)

    Delivery(sample.database, {ContactChanged: Route(refuse)}).bury([Message(body_of(a_contact(case_id)), Lane.BULK)])

    assert "anary" not in kept(sample)
    assert case_id in kept(sample)


@pytest.mark.parametrize("spoilt", [without_its_name, of_a_later_version])
def test_nothing_is_kept_of_what_cannot_be_read_and_names_the_subject(sample: Sample, spoilt: Any) -> None:
    case_id = new_id()
    before, after, other = (spoilt(body_of(a_contact(each))) for each in (case_id, case_id, new_id()))
    deliver(sample, before, other)

    erase(sample, case_id)
    deliver(sample, before, after, other)

    assert sample.scalar("SELECT count(*) FROM parked") == 3
    assert sample.scalar("SELECT count(*) FROM parked WHERE body = ''") == 2
    assert sample.scalar("SELECT body FROM parked WHERE body <> ''") == other
