"""Erasing takes personal data out of the event log and leaves the log whole."""

from frist_contracts import ContactChanged, decode, with_position
from messaging.identifiers import new_id
from tests.messaging.conftest import Sample


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


def test_an_erased_subject_leaves_its_events_without_personal_data(sample: Sample) -> None:
    case_id, other = new_id(), new_id()
    sample.announce(a_contact(case_id), a_contact(other))

    with sample.database.begin() as uow:
        erased = uow.outbox.erase(case_id)

    assert erased == 1
    kept = sample.scalar("SELECT envelope FROM outbox WHERE subject = :case_id", case_id=case_id)
    assert "anary" not in kept
    assert decode(with_position(kept, 1)).subject == case_id
    assert "Canary Bakery" in sample.scalar("SELECT envelope FROM outbox WHERE subject = :other", other=other)


def test_what_is_announced_in_the_same_transaction_is_erased_too(sample: Sample) -> None:
    case_id = new_id()

    with sample.database.begin() as uow:
        uow.outbox.add(a_contact(case_id))
        uow.outbox.erase(case_id)

    assert "anary" not in sample.scalar("SELECT envelope FROM outbox WHERE subject = :case_id", case_id=case_id)
