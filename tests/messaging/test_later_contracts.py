"""An event that a later contract made unreadable here: it waits parked, not missing, until the consumer is upgraded or it is given up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from frist_contracts import CaseClosed, ContactChanged, Lane, decode, with_position
from messaging import parked, retries
from messaging.clock import machine_now
from messaging.database import Database
from messaging.delivery import Delivery, Message, Route
from messaging.identifiers import new_id
from messaging.ledger import Auditor, note_page, page_of
from tests.messaging.conftest import a_closure

PACE = timedelta(seconds=15)


@pytest.fixture
def consumer(fresh_database: Callable[..., Database[Any]]) -> Database[Any]:
    """Reporting, which knows of no such state of a case yet."""
    return fresh_database("reporting", "system")


@pytest.fixture
def body(fresh_database: Callable[..., Database[Any]], consumer: Database[Any]) -> bytes:
    """What registration published, as its outbox has it; the page about it is known to the consumer."""
    producer = fresh_database("registration", "system")
    with producer.begin() as uow:
        uow.outbox.add(a_closure())
    with producer.begin() as uow:
        envelope = uow.connection.execute(text("SELECT envelope FROM outbox WHERE position = 1")).scalar_one()
        page = page_of(uow.connection, "registration", 1, 1)
    with consumer.begin() as uow:
        note_page(page, uow)
    return with_position(envelope, 1)


def unreadable(body: bytes) -> bytes:
    return body.replace(b'"state":"fulfilled"', b'"state":["fulfilled","late"]')


def deliver(consumer: Database[Any], body: bytes, **facts: Any) -> list[CaseClosed]:
    """Gives what the handler was given."""
    given: list[CaseClosed] = []
    routes = {CaseClosed: Route(lambda event, _uow: given.append(event))}
    Delivery(consumer, routes).deliver([Message(body, Lane.BULK, **facts)])
    return given


def audit(consumer: Database[Any]) -> list[bool]:
    """How the pages stand after a check in good time, settled or not."""
    with consumer.begin() as uow:
        Auditor("reporting", [CaseClosed], PACE).check(uow, machine_now() + PACE)
        return list(uow.connection.execute(text("SELECT is_settled FROM pages")).scalars())


def the_parked(consumer: Database[Any]) -> list[parked.ParkedMessage]:
    with consumer.begin() as uow:
        return parked.list_parked(uow.connection)


def test_what_cannot_be_read_here_is_parked_and_not_missing(consumer: Database[Any], body: bytes) -> None:
    deliver(consumer, unreadable(body))

    assert audit(consumer) == [True]
    (message,) = the_parked(consumer)
    event = decode(body)
    assert (message.event_id, message.type, message.producer, message.position) == (
        event.event_id,
        event.type,
        "registration",
        1,
    )


def test_it_is_settled_when_it_is_given_up_and_takes_no_effect_later(consumer: Database[Any], body: bytes) -> None:
    deliver(consumer, unreadable(body))
    (message,) = the_parked(consumer)

    with consumer.begin() as uow:
        parked.discard(uow.connection, [message.parked_id], "told by telephone", "somebody")

    assert audit(consumer) == [True]
    assert deliver(consumer, body) == []
    with consumer.begin() as uow:
        assert parked.show(uow.connection, message.parked_id).body == b""


def test_who_has_learnt_to_read_it_has_it_replayed(consumer: Database[Any], body: bytes) -> None:
    with consumer.begin() as uow:  # as the version before parked it
        parked.park_unreadable(uow.connection, [(body, Lane.BULK)], ["unreadable_event: data.state is no text"])
    (message,) = the_parked(consumer)

    with consumer.begin() as uow:
        parked.replay(uow.connection, [message.parked_id], machine_now(), "somebody")
        (due,) = retries.take_due(uow.connection, list(Lane), machine_now(), 10)
    given = deliver(consumer, due.body, is_retry=True, attempts=due.attempts)

    assert [event.event_id for event in given] == [message.event_id]
    assert (audit(consumer), the_parked(consumer)) == ([True], [])


@pytest.mark.parametrize(
    "broken",
    [
        lambda body: body.replace(b'"source":"/registration"', b'"source":"/reporting"'),
        lambda body: body.replace(b'"position":1', b'"position":null'),
        lambda body: body[:-1],
    ],
    ids=["another's", "of no position", "no JSON"],
)
def test_what_does_not_say_which_event_it_is_stands_for_none(
    consumer: Database[Any], body: bytes, broken: Callable[[bytes], bytes]
) -> None:
    deliver(consumer, broken(unreadable(body)))

    assert audit(consumer) == [False]
    assert [message.event_id for message in the_parked(consumer)] == [None]


def test_nothing_is_kept_of_it_once_another_copy_took_effect(consumer: Database[Any]) -> None:
    contact = ContactChanged(
        municipality="dk-0101", case_id=new_id(), programme_id="p", organisation_name="Canary", state="registered"
    )
    with consumer.begin() as uow:
        uow.outbox.add(contact)
    with consumer.begin() as uow:
        envelope = uow.connection.execute(text("SELECT envelope FROM outbox")).scalar_one()
    good = with_position(envelope, 1)
    routes = {ContactChanged: Route(lambda _event, _uow: None)}
    for each in (good.replace(b'"state":"registered"', b'"state":[]'), good):
        Delivery(consumer, routes).deliver([Message(each, Lane.BULK)])

    with consumer.begin() as uow:
        parked.close_applied(uow.connection)
        row = uow.connection.execute(text("SELECT state, body FROM parked")).one()

    assert (row.state, bytes(row.body)) == ("applied", b"")
