"""A relay that rests is rung for, and never lies down while an event is on its way to its commit."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection

from messaging.bell import Bell
from messaging.clock import machine_now
from messaging.database import Database
from messaging.glance import look
from tests.messaging.conftest import Sample, an_answer, eventually


@pytest.fixture
def database(fresh_database: Callable[..., Database[Any]]) -> Database[Any]:
    return fresh_database("reporting", clock="system")


@pytest.fixture
def relay(database: Database[Any]) -> Iterator[Connection]:
    """The connection that a relay works with."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection
        connection.detach()


def rings(database: Database[Any], relay: Connection, bell: Bell) -> int:
    """How often was rung up to now: rings come in the order of their commits, so ours is the last."""
    driver: Any = relay.connection.driver_connection
    heard: list[str] = []
    driver.add_notify_handler(lambda notify: heard.append(notify.payload))
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_notify('frist_outbox', 'the last')")

    def is_last_heard() -> bool:
        relay.exec_driver_sql("SELECT 1")  # what has come is read with the next answer
        return "the last" in heard

    eventually(is_last_heard)
    assert bell.has_rung
    return len(heard) - 1


def store(database: Database[Any]) -> None:
    with database.begin() as uow:
        uow.outbox.add(an_answer())


def test_who_stores_an_event_rings_for_a_relay_that_rests(database: Database[Any], relay: Connection) -> None:
    bell = Bell(relay)
    bell.lie_down()

    store(database)

    assert bell.may_rest
    assert rings(database, relay, bell) == 1


def test_nobody_rings_for_a_relay_that_is_up(database: Database[Any], relay: Connection) -> None:
    bell = Bell(relay)
    bell.lie_down()
    bell.get_up()

    store(database)

    assert rings(database, relay, bell) == 0


def test_a_transaction_without_events_does_not_ring(database: Database[Any], relay: Connection) -> None:
    bell = Bell(relay)
    bell.lie_down()

    with database.begin():
        pass

    assert rings(database, relay, bell) == 0


def test_a_relay_stays_up_while_an_event_is_on_its_way(database: Database[Any], relay: Connection) -> None:
    bell = Bell(relay)
    with database.begin() as uow:
        uow.outbox.add(an_answer())
        uow.outbox.flush()  # found the relay up, so it will not ring

        bell.lie_down()

        assert not bell.may_rest
    bell.lie_down()
    assert bell.may_rest
    assert any(look(relay, 0, 0, machine_now()))


def test_an_event_is_published_though_its_relay_would_rest_for_long(a_sample: Callable[[str], Sample]) -> None:
    sample = a_sample("sample")
    sample.environment |= {"FRIST_POLL_SECONDS": "0.5", "FRIST_REST_SECONDS": "60"}
    sample.start("worker", "relay")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1)

    for number in range(2, 5):
        sample.announce(an_answer())
        eventually(lambda number=number: sample.effects() == number, seconds=10)
