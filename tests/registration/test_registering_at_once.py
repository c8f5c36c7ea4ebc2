"""Two who register the same organisation at the same moment end with one case."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from messaging.database import Database
from services.registration import handlers
from services.registration.domain.contact import Contact
from tests.registration.builders import CVR_NUMBERS, DANISH, outbox_types
from tests.support.waiting import eventually

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def a_wish() -> handlers.RegisterOrganisation:
    contact = Contact(organisation_name="Søkilde Tømrer ApS", email="michael@example.dk", channel="email")
    return handlers.RegisterOrganisation(
        programme_id=DANISH, number=CVR_NUMBERS[0], kind="company", contact=contact, municipality="dk-0461"
    )


def somebody_waits(database: Database[Any]) -> bool:
    with database.engine.connect() as connection:
        return bool(connection.execute(WAITING).scalar_one())


def register(database: Database[Any]) -> handlers.Registration:
    with database.begin() as uow:
        return handlers.register_organisation(a_wish(), uow)


def test_the_second_waits_for_the_first_and_finds_its_case(database: Database[Any]) -> None:
    with ThreadPoolExecutor(1) as pool:
        with database.begin() as uow:
            first = handlers.register_organisation(a_wish(), uow)
            second = pool.submit(register, database)
            eventually(lambda: somebody_waits(database), "the second waits")
        found = second.result(30)

    assert (first.is_new, found.is_new) == (True, False)
    assert found.case.case_id == first.case.case_id
    assert outbox_types(database).count("case_opened") == 1


def test_the_second_registers_when_the_first_is_undone(database: Database[Any]) -> None:
    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(ZeroDivisionError), database.begin() as uow:
            handlers.register_organisation(a_wish(), uow)
            second = pool.submit(register, database)
            eventually(lambda: somebody_waits(database), "the second waits")
            _ = 1 / 0
        found = second.result(30)

    assert found.is_new
    assert outbox_types(database) == ["case_opened", "contact_changed", "case_registered"]


def test_many_at_once_leave_one_case_with_one_history(database: Database[Any]) -> None:
    start = threading.Barrier(4)

    def together() -> bool:
        start.wait(30)
        return register(database).is_new

    with ThreadPoolExecutor(4) as pool:
        news = [each.result(60) for each in [pool.submit(together) for _ in range(4)]]

    assert news.count(True) == 1
    with database.begin() as uow:
        (case_id,) = uow.connection.execute(text("SELECT CAST(case_id AS text) FROM cases")).one()
        case = uow.cases.get(case_id)
        assert (case.state, case.version) == ("registered", 4)  # told once more, by the link that is sent again
        assert [entry.what for entry in uow.history.of_case(case_id)] == ["link_sent_again", "registered"]
