"""What is made of a row is made once for each version of the row, and never outlives it."""

import time
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from messaging.remembering import A_MOMENT, RowMemory, ShortMemory, row_version
from messaging.unit_of_work import UnitOfWork
from tests.messaging.conftest import Sample

VERSION = text(f"SELECT {row_version('duplicates')} FROM duplicates")
PUT = (
    "INSERT INTO duplicates VALUES ('one', 'bulk', :count) ON CONFLICT (producer, lane) DO UPDATE SET absorbed = :count"
)


class Counted:
    """A memory of the one row of `duplicates`, and how often it read."""

    def __init__(self) -> None:
        self.memory: RowMemory[int] = RowMemory()
        self.reads = 0

    def value(self, uow: UnitOfWork) -> int:
        version = uow.connection.execute(VERSION).scalar_one()
        return self.memory.value(uow.connection, "one", version, lambda: self._read(uow))

    def _read(self, uow: UnitOfWork) -> int:
        self.reads += 1
        return int(uow.connection.execute(text("SELECT absorbed FROM duplicates")).scalar_one())


def test_a_row_that_stays_is_read_once(sample: Sample) -> None:
    counted = Counted()
    sample.execute(PUT, count=1)

    for _ in range(3):
        with sample.database.begin() as uow:
            assert counted.value(uow) == 1

    assert counted.reads == 1


def test_a_changed_row_is_read_again(sample: Sample) -> None:
    counted = Counted()

    for count in (1, 2, 2):
        sample.execute(PUT, count=count)
        with sample.database.begin() as uow:
            assert counted.value(uow) == count

    assert counted.reads == 3


def test_what_one_transaction_writes_twice_has_two_versions(sample: Sample) -> None:
    counted = Counted()

    with sample.database.begin() as uow:
        for count in (1, 2):
            uow.connection.execute(text(PUT), {"count": count})
            assert counted.value(uow) == count


def test_databases_do_not_share_what_they_remember(sample: Sample, fresh_database: object) -> None:
    counted, other = Counted(), fresh_database("registration")  # type: ignore[operator]
    sample.execute(PUT, count=1)
    with other.begin() as uow:
        uow.connection.execute(text(PUT), {"count": 2})

    with sample.database.begin() as here, other.begin() as there:
        assert (counted.value(here), counted.value(there)) == (1, 2)


def test_what_was_read_a_moment_ago_need_not_be_asked_for(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    memory: ShortMemory[int] = ShortMemory()
    reads = iter(range(9))

    def value() -> int:
        with sample.database.begin() as uow:
            return memory.value(uow.connection, "one", lambda: next(reads))

    assert [value(), value()] == [0, 0]
    after_it = time.monotonic() + A_MOMENT + 1
    with monkeypatch.context() as later:
        later.setattr("messaging.remembering.time", SimpleNamespace(monotonic=lambda: after_it))
        assert value() == 1
    with sample.database.begin() as uow:
        memory.forget(uow.connection)
    assert value() == 2
