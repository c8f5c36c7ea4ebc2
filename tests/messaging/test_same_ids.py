"""Two services that give their events the same id hide nothing of each other: an id is its producer's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from frist_contracts import CaseClosed, ContactChanged, Event, Lane, SurveyAnswered, encode, with_position
from messaging import parked, retries
from messaging.clock import machine_now
from messaging.delivery import Delivery, Message, Route
from messaging.identifiers import new_id
from tests.messaging import sample_handlers as handlers
from tests.messaging.conftest import Sample, a_closure, an_answer


def fail(event: ContactChanged, uow: Any) -> None:
    raise RuntimeError("no answer")


ROUTES = {
    SurveyAnswered: Route(handlers.count_answer),
    CaseClosed: Route(handlers.project_closures, many=True),
    ContactChanged: Route(fail),
}


def a_contact(case_id: str) -> ContactChanged:
    facts = {"municipality": "dk-0101", "case_id": case_id, "programme_id": "p", "state": "registered"}
    return ContactChanged(**facts, organisation_name="Canary Bakery", email="canary@example.org")


def body_of(event: Event, event_id: str) -> bytes:
    body = encode(event, event_id=event_id, time=machine_now(), lane=Lane.BULK, correlation_id=event_id)
    return with_position(body, 1)


def deliver(sample: Sample, *bodies: bytes, **how: Any) -> None:
    Delivery(sample.database, ROUTES).deliver([Message(body, Lane.BULK, **how) for body in bodies])


@contextmanager
def due_again(sample: Sample) -> Iterator[list[retries.Due]]:
    """The retries, as a relay takes them that asks when all are due."""
    sample.execute("UPDATE retries SET due_at = clock_timestamp() - interval '1 second'")
    with sample.database.begin() as uow:
        yield retries.take_due(uow.connection, list(Lane), machine_now(), 10)


def effects(sample: Sample) -> tuple[int, int]:
    return sample.effects(), sample.scalar("SELECT count(*) FROM closures")


def test_both_take_effect_once_together_and_one_after_the_other(sample: Sample) -> None:
    together = [body_of(event, new_id()) for event in (an_answer(), a_closure())]
    shared = new_id()
    answer, closure = body_of(an_answer(), shared), body_of(a_closure(), shared)

    deliver(sample, answer, closure, *together)
    deliver(sample, closure, answer)

    assert effects(sample) == (2, 2)
    alone = new_id()
    for event in (an_answer(), a_closure()):
        deliver(sample, body_of(event, alone), is_redelivered=True)
    assert effects(sample) == (3, 3)


def test_one_that_took_effect_is_no_reason_to_stop_trying_the_other(sample: Sample) -> None:
    shared = new_id()
    deliver(sample, body_of(an_answer(score=3), shared))
    deliver(sample, body_of(a_contact("case"), shared))
    assert sample.scalar("SELECT count(*) FROM retries") == 2

    sample.execute("UPDATE behaviour SET behaves = true")
    with due_again(sample) as due:
        assert {each.identity.producer for each in due} == {"registration", "reporting"}
    for each in due:
        deliver(sample, each.body, is_retry=True, attempts=each.attempts)

    assert sample.effects() == 1
    assert sample.scalar("SELECT producer || attempts FROM retries") == "registration2"


def test_one_that_is_parked_stays_so_when_the_other_takes_effect(sample: Sample) -> None:
    shared = new_id()
    deliver(sample, body_of(an_answer(score=1), shared))

    deliver(sample, body_of(a_closure(), shared))

    with sample.database.begin() as uow:
        parked.close_applied(uow.connection)
        (message,) = parked.list_parked(uow.connection)
    assert (message.event_id, message.producer) == (shared, "reporting")
    assert effects(sample) == (0, 1)


def test_erasing_empties_what_waits_of_the_one_alone(sample: Sample) -> None:
    shared, case_id = new_id(), new_id()
    answer = an_answer(score=3, case_id=case_id)
    for event in (answer, a_contact(case_id)):
        deliver(sample, body_of(event, shared))

    with sample.database.begin() as uow:
        uow.outbox.erase(case_id)

    with due_again(sample) as due:
        bodies = {each.identity.producer: each.body.decode() for each in due}
    assert "canary" not in bodies["registration"]
    assert "reporting.survey_answered.v1" in bodies["reporting"]
    assert "registration.contact_changed.v1" in bodies["registration"]
