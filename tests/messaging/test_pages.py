"""Pages are closed whatever lies in the outbox, and started over by who listens to more than before."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text

from frist_contracts import PAGE_CLOSED, CaseClosed, CaseProgressed, Lane, PageTotal, encode, with_position
from messaging import horizon, pager
from messaging.clock import machine_now
from messaging.database import Database
from messaging.delivery import Delivery, Message, Route
from messaging.identifiers import new_id
from messaging.ledger import Auditor, note_page
from messaging.pager import Pager
from tests.messaging.conftest import a_closure


@pytest.fixture
def producer(fresh_database: Callable[..., Database[Any]]) -> Database[Any]:
    return fresh_database("registration", "system")


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pager, "PAGE_POSITIONS", 2)
    monkeypatch.setattr(pager, "LOOK_SECONDS", 0)
    monkeypatch.setattr(horizon, "REST_SECONDS", 0)


def pages(producer: Database[Any]) -> list[str]:
    with producer.engine.connect() as connection:
        ends = "envelope::json #>> '{data,first_position}', envelope::json #>> '{data,last_position}'"
        query = (
            f"SELECT concat_ws('-', {ends}) FROM outbox WHERE type = 'registration.page_closed.v1' ORDER BY position"
        )
        return list(connection.execute(text(query)).scalars())


def test_positions_that_were_undone_hold_no_page_up(producer: Database[Any], small_pages: None) -> None:
    with pytest.raises(ZeroDivisionError), producer.begin() as uow:
        for _ in range(7):
            uow.outbox.add(a_closure())
        uow.outbox.flush()
        _ = 1 / 0
    with producer.begin() as uow:
        uow.outbox.add(a_closure())
    follower = Pager("registration", 0)

    with producer.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for _ in range(3):
            follower.look(connection)

    assert pages(producer) == ["1-8"]


def test_a_page_waits_for_the_transaction_that_holds_its_positions(producer: Database[Any], small_pages: None) -> None:
    """Nothing has ended since it began, so a snapshot knows of nothing beyond it: its own id is the snapshot's `xmax`."""
    follower = Pager("registration", 0)
    with producer.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        with ExitStack() as first_ends:
            early = first_ends.enter_context(producer.begin())
            early.connection.execute(text("SELECT pg_current_xact_id()"))
            with producer.begin() as late:
                late.outbox.add(a_closure())
                late.outbox.flush()
                early.outbox.add(a_closure())
                first_ends.close()
                for _ in range(3):
                    follower.look(connection)
                assert pages(producer) == []

        for _ in range(3):
            follower.look(connection)

    assert pages(producer) == ["1-2"]


def test_who_listens_to_more_takes_the_same_pages_again(fresh_database: Callable[..., Database[Any]]) -> None:
    consumer = fresh_database("reporting", "system")
    page = PAGE_CLOSED["registration"](municipality="national", first_position=1, last_position=4, totals={})
    body = encode(page, event_id=new_id(), time=machine_now(), lane=Lane.BULK, correlation_id=new_id())
    message = Message(with_position(body, 5), Lane.BULK)
    delivery = Delivery(consumer, {PAGE_CLOSED["registration"]: Route(note_page)})
    delivery.deliver([message])
    for types in ([CaseClosed], [CaseClosed, CaseProgressed]):
        with consumer.begin() as uow:
            Auditor("reporting", types, timedelta(seconds=15)).check(uow, machine_now())

    delivery.deliver([message])

    with consumer.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM pages")).scalar() == 1


def test_a_version_that_hears_less_leaves_the_pages_to_the_one_that_hears_more(
    fresh_database: Callable[..., Database[Any]],
) -> None:
    """Rolled back, or still beside the new one: what it does not know of would be settled as if it had come."""
    consumer = fresh_database("reporting", "system")
    missed = {CaseProgressed.type_name(): PageTotal(3, "0123456789abcdef")}
    page = PAGE_CLOSED["registration"](municipality="national", first_position=1, last_position=5, totals=missed)
    old, new = (
        Auditor("reporting", types, timedelta(seconds=15)) for types in ([CaseClosed], [CaseClosed, CaseProgressed])
    )

    def audited_by(auditor: Auditor, after: timedelta = timedelta(0)) -> int:
        with consumer.begin() as uow:
            return auditor.check(uow, machine_now() + after)

    audited_by(old)
    audited_by(new)
    with consumer.begin() as uow:
        note_page(page, uow)

    audited_by(old, timedelta(minutes=1))
    audited_by(Auditor("reporting", [CaseClosed], timedelta(seconds=15)), timedelta(minutes=1))

    with consumer.engine.connect() as connection:
        assert connection.execute(text("SELECT is_settled FROM pages")).scalars().all() == [False]
    audited_by(new, timedelta(minutes=1))
    with consumer.engine.connect() as connection:
        asked = connection.execute(text("SELECT envelope FROM outbox ORDER BY position DESC LIMIT 1")).scalar_one()
    assert CaseProgressed.type_name() in asked


def test_an_audit_that_was_undone_begins_again(fresh_database: Callable[..., Database[Any]]) -> None:
    consumer = fresh_database("reporting", "system")
    auditor = Auditor("reporting", [CaseClosed], timedelta(seconds=15))
    with pytest.raises(RuntimeError), consumer.begin() as uow:
        auditor.check(uow, machine_now())
        raise RuntimeError
    auditor.start_afresh()

    with consumer.begin() as uow:
        auditor.check(uow, machine_now())

    with consumer.engine.connect() as connection:
        assert connection.execute(text("SELECT producer FROM audited")).scalars().all() == ["registration"]


def test_what_does_not_come_is_asked_for_ever_more_rarely(fresh_database: Callable[..., Database[Any]]) -> None:
    consumer = fresh_database("reporting", "system")
    auditor = Auditor("reporting", [CaseClosed], timedelta(minutes=3))
    beginning, asked = machine_now(), []
    total = {CaseClosed.type_name(): PageTotal(1, "0123456789abcdef")}
    page = PAGE_CLOSED["registration"](municipality="national", first_position=1, last_position=1, totals=total)
    with consumer.begin() as uow:
        note_page(page, uow)

    for minute in range(150):
        with consumer.begin() as uow:
            auditor.check(uow, beginning + timedelta(minutes=minute))
            uow.outbox.flush()
            text_of = "SELECT count(*) FROM outbox WHERE envelope::json #>> '{data,what}' = 'events'"
            asked += [minute] * (uow.connection.execute(text(text_of)).scalar() - len(asked))

    waits = [after - before for before, after in pairwise(asked)]
    assert waits[:4] == [5, 9, 17, 33]
    assert set(waits[4:]) == {33}


def test_a_producer_that_stays_silent_is_asked_ever_more_rarely(fresh_database: Callable[..., Database[Any]]) -> None:
    consumer = fresh_database("reporting", "system")
    auditor = Auditor("reporting", [CaseClosed], timedelta(seconds=15))
    beginning, asked = machine_now(), []

    for minute in range(180):
        with consumer.begin() as uow:
            asked += [minute] * auditor.check(uow, beginning + timedelta(minutes=minute))

    assert asked[:5] == [1, 3, 6, 11, 20]
    waits = [after - before for before, after in pairwise(asked[4:])]
    assert set(waits) == {11}, "more than ten minutes are never waited, nor fewer once it is that long"


def test_a_silence_is_not_trusted_when_the_queues_were_joined_again(
    fresh_database: Callable[..., Database[Any]],
) -> None:
    consumer = fresh_database("reporting", "system")
    auditor = Auditor("reporting", [CaseClosed], timedelta(seconds=15))
    beginning, asked = machine_now(), []

    for seconds in range(0, 7200, 3):
        with consumer.begin() as uow:
            joins = 3 if seconds < 3600 else 6
            asked += [seconds] * auditor.check(uow, beginning + timedelta(seconds=seconds), joins)

    assert min(second - 3600 for second in asked if second > 3600) <= 33
    assert [second for second in asked if 3000 < second < 3600], "it was asked all the time, and rarely"
