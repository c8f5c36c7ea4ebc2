"""An event that is tried alone: only a process that dies with it counts against it."""

from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from frist_contracts import Lane, SurveyAnswered, encode, with_position
from messaging.clock import machine_now
from messaging.database import Database
from messaging.delivery import Delivery, Message, Route
from messaging.errors import DatabaseAwayError
from messaging.identifiers import new_id
from messaging.suspects import MOST_DEATHS
from messaging.unit_of_work import UnitOfWork
from tests.messaging.conftest import Sample, an_answer
from tests.messaging.sample_handlers import count_answer


def a_suspect(**more: Any) -> Message:
    body = encode(an_answer(), event_id=new_id(), time=machine_now(), lane=Lane.BULK, correlation_id=new_id())
    return Message(with_position(body, 1), Lane.BULK, is_redelivered=True, **more)


def test_a_database_that_goes_away_in_the_middle_is_nobodys_death(sample: Sample) -> None:
    """A full disk, as often as the same message comes to a worker that cannot keep it."""
    is_full = True

    def count_when_there_is_room(event: SurveyAnswered, uow: Any) -> None:
        if is_full:
            raise OperationalError("INSERT", {}, psycopg.errors.DiskFull("no space left on device"))
        count_answer(event, uow)

    delivery = Delivery(sample.database, {SurveyAnswered: Route(count_when_there_is_room)})
    message = a_suspect()
    for _ in range(2 * MOST_DEATHS):
        with pytest.raises(DatabaseAwayError):
            delivery.deliver([message])
    assert sample.scalar("SELECT deaths FROM retries") == 1

    is_full = False
    delivery.deliver([message])

    assert sample.effects() == 1
    assert sample.scalar("SELECT count(*) FROM parked") == sample.scalar("SELECT count(*) FROM retries") == 0


def test_a_table_that_somebody_keeps_locked_is_nobodys_death(sample: Sample) -> None:
    url = sample.environment["FRIST_SAMPLE_DATABASE_URL"]
    patient = Database(sample.service, url, UnitOfWork, lock_seconds=0.05)
    delivery = Delivery(patient, {SurveyAnswered: Route(count_answer)})
    message = a_suspect()
    with sample.database.engine.begin() as somebody:
        somebody.execute(text("LOCK TABLE effects IN ACCESS EXCLUSIVE MODE"))
        for _ in range(2 * MOST_DEATHS):
            with pytest.raises(DatabaseAwayError, match="lock timeout"):
                delivery.deliver([message, a_suspect()])
        assert sample.scalar("SELECT deaths FROM retries") == 1
    delivery.deliver([message])
    patient.dispose()

    assert sample.effects() == 1
    assert sample.scalar("SELECT count(*) FROM parked") == sample.scalar("SELECT count(*) FROM retries") == 0


def test_what_another_process_has_begun_is_not_tried_beside_it(sample: Sample) -> None:
    delivery = Delivery(sample.database, {SurveyAnswered: Route(count_answer)})
    message = a_suspect()
    again = Message(message.body, Lane.BULK, is_redelivered=True)

    delivery.deliver([message])
    delivery.deliver([again])

    assert sample.effects() == 1
