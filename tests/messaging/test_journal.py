"""What is only added waits for the commit, and is stored with one statement whatever tables it goes to."""

import pytest
from sqlalchemy import event

from messaging import tables
from tests.messaging.conftest import Sample, an_answer


def absorbed(producer: str, count: int) -> dict[str, object]:
    return {"producer": producer, "lane": "bulk", "absorbed": count}


def test_rows_of_several_tables_are_stored_with_one_statement(sample: Sample) -> None:
    said: list[str] = []
    event.listen(sample.database.engine, "before_cursor_execute", lambda *told: said.append(told[2]))

    with sample.database.begin() as uow:
        uow.journal.add(tables.duplicates, absorbed("one", 1))
        uow.outbox.add(an_answer())
        uow.journal.add(tables.duplicates, absorbed("another", 2))

    assert len([statement for statement in said if "INSERT" in statement]) == 1
    assert sample.scalar("SELECT sum(absorbed) FROM duplicates") == 3
    assert sample.scalar("SELECT count(*) FROM outbox") == 1


def test_rows_keep_the_order_they_were_added_in(sample: Sample) -> None:
    with sample.database.begin() as uow:
        told = [uow.outbox.add(an_answer()) for _ in range(30)]

    assert sample.scalar("SELECT array_agg(CAST(event_id AS text) ORDER BY position) FROM outbox") == told


def test_values_come_back_as_they_went_in(sample: Sample) -> None:
    odd = 'quote " backslash \\ braces {} comma, æøå 🙂'

    with sample.database.begin() as uow:
        uow.journal.add(tables.audited, {"producer": odd, "types": [odd, "", "null"]})
        uow.journal.add(
            tables.timers, {"name": "t", "ran_at": uow.now, "business_now": uow.now, "did": 7, "worked_at": None}
        )

    with sample.database.begin() as uow:
        kept = uow.connection.execute(tables.audited.select()).one()
        timer = uow.connection.execute(tables.timers.select()).one()
    assert (kept.producer, kept.types) == (odd, [odd, "", "null"])
    assert (timer.ran_at, timer.did, timer.worked_at) == (timer.business_now, 7, None)


def test_who_reads_a_table_sees_what_waits_for_it(sample: Sample) -> None:
    with sample.database.begin() as uow:
        uow.journal.add(tables.duplicates, absorbed("one", 1))
        uow.journal.make_readable(tables.audited)
        before = uow.connection.execute(tables.duplicates.select()).all()
        uow.journal.make_readable(tables.duplicates)
        after = uow.connection.execute(tables.duplicates.select()).all()

    assert (before, after) == ([], [("one", "bulk", 1)])


def test_the_newest_version_of_a_row_is_kept_in_whatever_order_they_come(sample: Sample) -> None:
    versions = [absorbed("one", 2), absorbed("one", 5), absorbed("one", 3), absorbed("another", 1)]

    for told in (versions[:1], versions[1:3], versions[3:], versions[:1]):
        with sample.database.begin() as uow:
            for version in told:
                uow.journal.keep(tables.duplicates, version, ("absorbed",))

    assert sample.scalar("SELECT max(absorbed) FROM duplicates WHERE producer = 'one'") == 5
    assert sample.scalar("SELECT count(*) FROM duplicates") == 2


def test_kept_and_added_rows_travel_together_and_are_read_by_whoever_asks(sample: Sample) -> None:
    said: list[str] = []
    event.listen(sample.database.engine, "before_cursor_execute", lambda *told: said.append(told[2]))

    with sample.database.begin() as uow:
        uow.outbox.add(an_answer())
        uow.journal.keep(tables.duplicates, absorbed("one", 4), ("absorbed",))
        uow.journal.make_readable(tables.duplicates)
        seen = uow.connection.execute(tables.duplicates.select()).all()
        uow.journal.keep(tables.duplicates, absorbed("one", 3), ("absorbed",))

    assert seen == [("one", "bulk", 4)]
    assert [statement.count("INSERT") for statement in said if "INSERT" in statement] == [2, 1]
    assert sample.scalar("SELECT absorbed FROM duplicates") == 4


def test_what_waits_is_gone_when_the_transaction_is_undone(sample: Sample) -> None:
    with pytest.raises(ZeroDivisionError), sample.database.begin() as uow:
        uow.journal.add(tables.duplicates, absorbed("one", 1))
        _ = 1 / 0

    assert sample.scalar("SELECT count(*) FROM duplicates") == 0
