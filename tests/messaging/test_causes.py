"""What an event says of what it follows from: the event itself, the whole story it is part of, and its trace."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from frist_contracts import Lane, NoAddressLeft, SurveyAnswered, encode, with_position
from messaging.clock import machine_now
from messaging.delivery import Delivery, Message, Route
from messaging.identifiers import new_id
from tests.messaging.conftest import Sample, an_answer

IDS = [new_id() for _ in range(3)]
TRACES = [f"00-{number:032x}-{number:016x}-01" for number in (1, 2, 3)]


def lost(answer: SurveyAnswered) -> NoAddressLeft:
    return NoAddressLeft(municipality=answer.municipality, case_id=answer.survey_id, programme_id="p")


def tell_one(answer: SurveyAnswered, uow: Any) -> None:
    uow.outbox.add(lost(answer))


def name_each(answers: list[SurveyAnswered], uow: Any) -> None:
    for answer in answers:
        uow.outbox.add(lost(answer), because=answer)


def name_none(answers: list[SurveyAnswered], uow: Any) -> None:
    for answer in answers:
        uow.outbox.add(lost(answer))


def name_a_copy(answers: list[SurveyAnswered], uow: Any) -> None:
    for answer in answers:
        uow.outbox.add(lost(answer), because=replace(answer, score=0))


def name_a_stranger(answers: list[SurveyAnswered], uow: Any) -> None:
    for answer in answers:
        uow.outbox.add(lost(answer), because=replace(answer, event_id=new_id()))


@pytest.mark.parametrize(
    ("handler", "many", "causes"),
    [
        (tell_one, False, [0, 1, 2]),
        (name_each, True, [0, 1, 2]),
        (name_a_copy, True, [0, 1, 2]),
        (name_none, True, [2, 2, 2]),
        (name_a_stranger, True, [2, 2, 2]),
    ],
)
def test_an_event_follows_from_the_one_that_is_named_or_the_last(
    sample: Sample, handler: Callable[..., None], many: bool, causes: list[int]
) -> None:
    Delivery(sample.database, {SurveyAnswered: Route(handler, many)}).deliver([answered(each) for each in range(3)])

    for number, cause in enumerate(causes):
        assert told(sample, number) == {
            "causationid": IDS[cause],
            "correlationid": f"story {cause}",
            "traceparent": TRACES[cause],
        }


def answered(number: int) -> Message:
    facts: dict[str, Any] = {
        "event_id": IDS[number],
        "correlation_id": f"story {number}",
        "traceparent": TRACES[number],
    }
    answer = an_answer(survey_id=f"survey {number}")
    return Message(with_position(encode(answer, **facts, time=machine_now(), lane=Lane.BULK), number + 1), Lane.BULK)


def told(sample: Sample, number: int) -> dict[str, str]:
    """What the envelope of the event about one survey says of its cause."""
    query = "SELECT envelope::jsonb FROM outbox WHERE subject = :subject"
    envelope = sample.scalar(query, subject=f"survey {number}")
    return {name: envelope[name] for name in ("causationid", "correlationid", "traceparent")}
