"""Two who register the same organisation at the same moment end with one case."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from messaging.database import Database
from services.registration import handlers
from services.registration.domain.contact import Contact
from services.registration.domain.numbers import organisation_id_of
from services.registration.storage.cases import says_it_is_there
from tests.registration.builders import CVR_NUMBERS, DANISH, outbox_types
from tests.support.waiting import eventually, somebody_waits


def a_wish() -> handlers.RegisterOrganisation:
    contact = Contact(organisation_name="Søkilde Tømrer ApS", email="michael@example.dk", channel="email")
    return handlers.RegisterOrganisation(
        programme_id=DANISH, number=CVR_NUMBERS[0], kind="company", contact=contact, municipality="dk-0461"
    )


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


def guess(database: Database[Any]) -> handlers.Registration:
    with database.begin() as uow:
        return handlers.register_organisation(a_wish(), uow, on_a_guess=True)


def test_a_guess_that_is_right_leaves_what_asking_leaves(database: Database[Any]) -> None:
    guessed = guess(database)

    assert guessed.is_new
    assert outbox_types(database) == ["case_opened", "contact_changed", "case_registered"]
    with database.begin() as uow:
        kept = uow.cases.get(guessed.case.case_id)
        assert vars(kept) == vars(guessed.case)
        assert kept.version == 3
        assert uow.cases.organisation(kept.organisation_id).name == "Søkilde Tømrer ApS"
        assert [entry.what for entry in uow.history.of_case(kept.case_id)] == ["registered"]
        assert uow.contacts.find(kept.case_id).contact.email == "michael@example.dk"


def test_a_guess_that_is_wrong_leaves_nothing_and_says_so(database: Database[Any]) -> None:
    register(database)

    with pytest.raises(IntegrityError) as told:
        guess(database)

    assert says_it_is_there(told.value)
    assert outbox_types(database) == ["case_opened", "contact_changed", "case_registered"]
    assert not says_it_is_there(IntegrityError("", {}, Exception("of another kind")))


def test_an_organisation_that_another_programme_knows_stays_as_it_is(database: Database[Any]) -> None:
    with database.begin() as uow:
        uow.connection.execute(
            text("INSERT INTO organisations VALUES (:id, 'dk', :number, 'company', 'As it was', 'dk-0101')"),
            {"id": organisation_id_of("dk", CVR_NUMBERS[0]), "number": CVR_NUMBERS[0]},
        )

    guessed = guess(database)

    with database.begin() as uow:
        assert uow.cases.organisation(guessed.case.organisation_id).name == "As it was"


def test_nobody_guesses_where_a_register_was_imported(database: Database[Any]) -> None:
    register(database)
    with database.begin() as uow:
        run = "INSERT INTO import_runs (run_id, programme_id, state, started_by) VALUES (gen_random_uuid(), :id, 'done', '')"
        uow.connection.execute(text(run), {"id": DANISH})

    assert not guess(database).is_new
