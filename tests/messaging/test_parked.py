"""What an operator does with parked messages: finds them, tries them again in any order, gives them up for good."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from frist_contracts import CaseClosed, ContactChanged, Event, Lane, SurveyAnswered, decode, encode, with_position
from messaging import parked, retries
from messaging.clock import machine_now
from messaging.delivery import Delivery, Message, Route
from messaging.identifiers import new_id
from messaging.masking import MASK, show_masked, show_openly
from messaging.parked import Choice, NotParked, ReasonMissing
from tests.messaging import sample_handlers as handlers
from tests.messaging.conftest import Sample, an_answer

OPERATOR = "terminal:somebody"
FAR_OFF = datetime(2100, 1, 1, tzinfo=UTC)


class LostError(Exception):
    """Tells the address it failed on, as a careless handler does."""


def fail_on_contact(event: ContactChanged, uow: Any) -> None:
    raise LostError(f"cannot write to {event.email}")


ROUTES = {
    SurveyAnswered: Route(handlers.count_answer),
    CaseClosed: Route(handlers.project_closures, many=True),
    ContactChanged: Route(fail_on_contact),
}


def body_of(event: Event, position: int = 1) -> bytes:
    event_id = new_id()
    body = encode(event, event_id=event_id, time=machine_now(), lane=Lane.BULK, correlation_id=event_id)
    return with_position(body, position)


def deliver(sample: Sample, *bodies: bytes) -> None:
    Delivery(sample.database, ROUTES).deliver([Message(body, Lane.BULK) for body in bodies])


def deliver_retries(sample: Sample) -> None:
    """What relay and worker do with the retries that are due."""
    with sample.database.begin() as uow:
        due = retries.take_due(uow.connection, list(Lane), machine_now(), 100)
    messages = [Message(each.body, Lane(each.lane), is_retry=True, attempts=each.attempts) for each in due]
    Delivery(sample.database, ROUTES).deliver(messages)


def park_refused(sample: Sample, count: int) -> list[bytes]:
    """Park answers that the handler refuses; gives their bodies."""
    bodies = [body_of(an_answer(score=1), position) for position in range(1, count + 1)]
    deliver(sample, *bodies)
    return bodies


def open_numbers(sample: Sample, choice: Choice | None = None) -> list[int]:
    with sample.database.begin() as uow:
        return [message.parked_id for message in parked.list_parked(uow.connection, choice)]


def replay(sample: Sample, numbers: Iterable[int]) -> parked.Replayed:
    with sample.database.begin() as uow:
        return parked.replay(uow.connection, list(numbers), machine_now(), OPERATOR)


def discard(sample: Sample, numbers: Iterable[int], reason: str = "sent by mistake") -> int:
    with sample.database.begin() as uow:
        return parked.discard(uow.connection, list(numbers), reason, OPERATOR)


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        (Choice(), 3),
        (Choice(type_name="reporting.survey_answered.v1"), 2),
        (Choice(type_name="unreadable"), 1),
        (Choice(reason="SCORE_refused"), 2),
        (Choice(reason="100%"), 0),
        (Choice(subject="nobody"), 0),
        (Choice(since=FAR_OFF), 0),
        (Choice(until=FAR_OFF), 3),
        (Choice(upto=1), 1),
    ],
    ids=str,
)
def test_filters_find_what_they_say(sample: Sample, choice: Choice, found: int) -> None:
    park_refused(sample, 2)
    deliver(sample, b"not an event")

    assert len(open_numbers(sample, choice)) == found


def test_an_event_is_found_by_its_id_as_it_stands_in_a_log(sample: Sample) -> None:
    first, _ = park_refused(sample, 2)

    (found,) = open_numbers(sample, Choice(subject=decode(first).event_id))

    with sample.database.begin() as uow:
        assert parked.show(uow.connection, found).event_id == decode(first).event_id


def test_messages_are_counted_by_reason_and_type(sample: Sample) -> None:
    park_refused(sample, 2)
    unknown = body_of(an_answer()).replace(b"survey_answered.v1", b"survey_answered.v9")
    deliver(sample, b"not an event", b"no event either", unknown)

    with sample.database.begin() as uow:
        counts = parked.count_parked(uow.connection)

    assert [(count.reason, count.type, count.messages) for count in counts] == [
        ("score_refused", "reporting.survey_answered.v1", 2),
        ("unreadable_event", "unreadable", 2),
        ("unknown_event", "unreadable", 1),
    ]


def test_trying_again_twice_tries_once(sample: Sample) -> None:
    park_refused(sample, 3)
    numbers = open_numbers(sample)

    first, second = replay(sample, numbers), replay(sample, numbers)

    assert (first.messages, second.messages) == (3, 0)
    assert sample.scalar("SELECT count(*) FROM retries") == 3
    assert sample.scalar("SELECT count(*) FROM parked WHERE state = 'replayed' AND resolved_by = :by", by=OPERATOR) == 3


def test_what_fails_again_is_parked_again_once(sample: Sample) -> None:
    park_refused(sample, 1)

    replay(sample, open_numbers(sample))
    deliver_retries(sample)
    replay(sample, open_numbers(sample))
    deliver_retries(sample)

    assert len(open_numbers(sample)) == 1
    assert sample.scalar("SELECT count(*) FROM retries") == 0


def test_an_old_message_tried_again_does_not_undo_what_came_later(sample: Sample) -> None:
    case_id = new_id()
    facts: dict[str, Any] = {"municipality": "dk-0101", "case_id": case_id, "programme_id": "p"}
    older = body_of(CaseClosed(**facts, sequence=1, state="withdrawn"), 1)
    with sample.database.begin() as uow:
        parked.park(uow.connection, older, Lane.BULK, envelope=decode(older), reason="RuntimeError: mended since")
    deliver(sample, body_of(CaseClosed(**facts, sequence=2, state="fulfilled"), 2))

    replay(sample, open_numbers(sample))
    deliver_retries(sample)

    assert sample.scalar("SELECT state FROM closures WHERE case_id = :id", id=case_id) == "fulfilled"
    assert sample.scalar("SELECT count(*) FROM inbox") == 2


def test_what_cannot_be_read_is_not_tried_again(sample: Sample) -> None:
    deliver(sample, b"not an event")
    numbers = open_numbers(sample)

    done = replay(sample, numbers)

    assert (done.messages, done.unreadable) == (0, tuple(numbers))
    assert open_numbers(sample) == numbers


def test_what_was_given_up_never_takes_effect(sample: Sample) -> None:
    body = body_of(an_answer(score=3))
    deliver(sample, body)
    sample.execute("UPDATE retries SET attempts = 7, due_at = clock_timestamp()")
    deliver_retries(sample)

    given_up = discard(sample, open_numbers(sample), "a test of the pilot")
    sample.execute("UPDATE behaviour SET behaves = true")
    deliver(sample, body, body)

    assert given_up == 1
    assert sample.effects() == 0
    assert sample.scalar("SELECT resolution || ', ' || resolved_by FROM parked") == f"a test of the pilot, {OPERATOR}"


def test_giving_up_wants_a_reason(sample: Sample) -> None:
    park_refused(sample, 1)

    with pytest.raises(ReasonMissing):
        discard(sample, open_numbers(sample), "  ")

    assert len(open_numbers(sample)) == 1


def test_what_took_effect_on_another_way_is_parked_no_longer(sample: Sample) -> None:
    body = body_of(an_answer(score=3))
    deliver(sample, body)
    sample.execute("UPDATE retries SET attempts = 7, due_at = clock_timestamp()")
    deliver_retries(sample)
    numbers = open_numbers(sample)
    sample.execute("UPDATE behaviour SET behaves = true")

    deliver(sample, body)
    given_up = discard(sample, numbers)

    assert sample.effects() == 1
    assert given_up == 0
    assert sample.scalar("SELECT state FROM parked") == "applied"


def test_a_number_that_is_not_there_is_refused(sample: Sample) -> None:
    with sample.database.begin() as uow, pytest.raises(NotParked):
        parked.show(uow.connection, 4711)


def test_personal_data_is_only_in_the_body_and_there_it_is_masked(sample: Sample) -> None:
    event = replace(a_contact(), contact_name="Søren Ørsted")
    deliver(sample, body_of(event))
    sample.execute("UPDATE retries SET attempts = 7, due_at = clock_timestamp()")
    deliver_retries(sample)

    with sample.database.begin() as uow:
        message = parked.show(uow.connection, open_numbers(sample)[0])

    masked = show_masked(message.body)
    assert event.email not in message.reason + message.detail + masked.body
    assert "Søren" not in masked.body
    assert message.reason == f"LostError: cannot write to {MASK}"
    assert masked.hides
    assert masked.about == f"case:{event.case_id}"
    assert event.email in show_openly(message.body).body


def a_contact() -> ContactChanged:
    return ContactChanged(
        municipality="dk-0101",
        case_id=new_id(),
        programme_id="p",
        organisation_name="Bageriet",
        email="soeren@bageriet.example",
        state="registered",
    )


def take_effect(sample: Sample, numbers: list[int]) -> None:
    """As if what failed had been mended, and another copy had come."""
    sample.execute(
        "INSERT INTO inbox (event_id, producer, position, type, lane) SELECT event_id, producer, position, type, lane FROM parked"
    )
    with sample.database.begin() as uow:
        parked.close_applied(uow.connection)


@pytest.mark.parametrize("settle", [replay, discard, take_effect], ids=["replayed", "discarded", "applied"])
def test_the_row_of_a_settled_message_keeps_no_personal_data(sample: Sample, settle: Any) -> None:
    event = a_contact()
    body = body_of(event)
    with sample.database.begin() as uow:
        parked.park(uow.connection, body, Lane.BULK, envelope=decode(body), reason="RuntimeError: mended since")

    settle(sample, open_numbers(sample))

    left = decode(sample.scalar("SELECT body FROM parked"))
    assert (left.subject, left.event.organisation_name, left.event.email) == (event.case_id, "", None)
    assert sample.scalar("SELECT body FROM retries") == (body if settle is replay else None)


def test_nothing_of_what_could_not_be_read_outlives_its_discard_and_it_is_known_again(sample: Sample) -> None:
    deliver(sample, b"not an event")

    discard(sample, open_numbers(sample))
    deliver(sample, b"not an event")

    assert sample.scalar("SELECT array_agg(state || ':' || encode(body, 'hex')) FROM parked") == ["discarded:"]


def test_deliveries_that_the_inbox_absorbs_are_counted_by_lane(sample: Sample) -> None:
    first, second = body_of(an_answer(), 1), body_of(an_answer(), 2)

    deliver(sample, first, first, second)
    deliver(sample, second, first)
    deliver(sample, body_of(an_answer(), 3))

    assert sample.effects() == 3
    assert sample.scalar("SELECT absorbed FROM duplicates WHERE producer = 'reporting' AND lane = 'bulk'") == 3
    assert sample.scalar("SELECT count(*) FROM duplicates") == 1
