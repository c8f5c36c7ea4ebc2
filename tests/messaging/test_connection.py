"""SQL in words goes to the driver by a short way, and comes to the same as by SQLAlchemy's own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import DateTime, Engine, TextClause, bindparam, create_engine, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from messaging.connection import PlainConnection, Rows, plain_engine
from messaging.database import is_away

AN_INSTANT = datetime(2013, 11, 1, tzinfo=UTC)
STATEMENTS: list[tuple[TextClause, dict[str, Any]]] = [
    (text("SELECT 1 AS one, 'a%' AS share, NULL AS nothing, CAST('{\"a\": [1]}' AS jsonb) AS data"), {}),
    (text("SELECT * FROM generate_series(1, :last) AS number"), {"last": 3}),
    (text("SELECT 1 WHERE :is_any"), {"is_any": False}),
    (text("SELECT CAST(:rows AS jsonb) -> 0 AS row").bindparams(bindparam("rows", type_=JSONB)), {"rows": [{"a": 1}]}),
    (text("SELECT :now AS now").bindparams(bindparam("now", type_=DateTime(timezone=True))), {"now": AN_INSTANT}),
    (text("SELECT count(*) FROM generate_series(1, 5) AS n WHERE n IN :some").bindparams(bindparam("some", expanding=True)),
     {"some": [1, 2, 9]}),
]  # fmt: skip


@pytest.fixture
def url(databases: Any) -> Iterator[str]:
    made = databases.empty()
    yield made.replace("postgresql://", "postgresql+psycopg://")
    databases.drop(made)


@pytest.fixture
def plain(url: str) -> Iterator[Engine]:
    engine = plain_engine(url, hide_parameters=True)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("number", range(len(STATEMENTS)))
def test_it_comes_to_the_same(plain: Engine, url: str, number: int) -> None:
    statement, values = STATEMENTS[number]
    usual = create_engine(url)
    with usual.connect() as connection:
        expected = [dict(row) for row in connection.execute(statement, values).mappings()]
    usual.dispose()

    for _ in range(2):  # the second time it is ready
        with plain.begin() as connection:
            assert [dict(row) for row in connection.execute(statement, values).mappings()] == expected


def test_words_take_the_short_way_and_all_else_does_not(plain: Engine) -> None:
    with plain.begin() as connection:
        assert isinstance(connection, PlainConnection)
        assert isinstance(connection.execute(text("SELECT 1")), Rows)
        many = text("SELECT :one WHERE false")
        assert not isinstance(connection.execute(many, [{"one": 1}, {"one": 2}]), Rows)


def test_a_statement_begins_a_transaction_of_its_own_accord(plain: Engine) -> None:
    with plain.connect() as connection:
        connection.execute(text("CREATE TABLE kept (n int)"))
        assert connection.execute(text("INSERT INTO kept VALUES (1), (2)")).rowcount == 2
        connection.commit()
        connection.execute(text("INSERT INTO kept VALUES (3)"))

    with plain.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar() == 2


def test_a_refusal_is_told_without_the_values_and_the_rest_undone(plain: Engine) -> None:
    with plain.begin() as connection:
        connection.execute(text("CREATE TABLE kept (n text PRIMARY KEY)"))
    insertion = text("INSERT INTO kept VALUES (:n)")

    with pytest.raises(IntegrityError) as refused, plain.begin() as connection:
        connection.execute(insertion, {"n": "another"})
        connection.execute(insertion, {"n": "Inger Holm"})
        connection.execute(insertion, {"n": "Inger Holm"})

    assert "Inger" not in str(refused.value).partition("DETAIL")[0]
    assert not is_away(refused.value)
    with plain.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar() == 0


def test_a_missing_value_is_told(plain: Engine) -> None:
    with pytest.raises(DBAPIError, match="missing"), plain.begin() as connection:
        connection.execute(text("SELECT 1"))
        connection.execute(text("SELECT :value"))


def test_a_lost_connection_is_known_as_lost_and_replaced(plain: Engine) -> None:
    with pytest.raises(OperationalError) as lost, plain.begin() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar()
        with plain.begin() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        connection.execute(text("SELECT 1"))

    assert lost.value.connection_invalidated
    assert is_away(lost.value)
    with plain.begin() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1


def test_a_database_that_takes_no_writes_is_away(plain: Engine) -> None:
    with plain.begin() as connection:
        connection.execute(text("CREATE TABLE kept (n int)"))

    with pytest.raises(DBAPIError) as refused, plain.begin() as connection:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        connection.execute(text("INSERT INTO kept VALUES (1)"))

    assert is_away(refused.value)


def test_a_statement_that_takes_too_long_is_no_outage(plain: Engine) -> None:
    with pytest.raises(DBAPIError) as cut_off, plain.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = '10ms'"))
        connection.execute(text("SELECT pg_sleep(10)"))

    assert not is_away(cut_off.value)


def test_a_savepoint_is_left_to_sqlalchemy(plain: Engine) -> None:
    with plain.begin() as connection:
        connection.execute(text("CREATE TABLE kept (n int)"))
        with connection.begin_nested() as savepoint:
            connection.execute(text("INSERT INTO kept VALUES (1)"))
            savepoint.rollback()
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar() == 0


def test_a_column_that_is_renamed_or_added_meanwhile_is_seen(plain: Engine) -> None:
    everything = text("SELECT * FROM kept")
    with plain.begin() as connection:
        connection.execute(text("CREATE TABLE kept (n int)"))
        connection.execute(text("INSERT INTO kept VALUES (1)"))
        assert connection.execute(everything).mappings().all() == [{"n": 1}]
        connection.execute(text("ALTER TABLE kept ADD COLUMN m int DEFAULT 2"))

        assert connection.execute(everything).mappings().all() == [{"n": 1, "m": 2}]
        connection.execute(text("ALTER TABLE kept RENAME COLUMN n TO o"))
        assert connection.execute(everything).mappings().all() == [{"o": 1, "m": 2}]


@pytest.mark.parametrize("is_first", [False, True])
def test_the_last_statement_takes_its_commit_along(plain: Engine, is_first: bool) -> None:
    with plain.begin() as connection:
        connection.execute(text("CREATE TABLE kept (n int)"))
    with plain.begin() as connection:
        assert isinstance(connection, PlainConnection)
        if not is_first:
            connection.execute(text("SELECT count(*) FROM kept"))
        connection.execute_last(text("INSERT INTO kept VALUES (:n)"), {"n": 1})

        with plain.begin() as other:
            assert other.execute(text("SELECT n FROM kept")).scalars().all() == [1]


@pytest.mark.parametrize("is_first", [False, True])
@pytest.mark.parametrize("constraint", ["CHECK (n > 0)", "UNIQUE DEFERRABLE INITIALLY DEFERRED"])
def test_a_last_statement_that_is_refused_commits_nothing(plain: Engine, constraint: str, is_first: bool) -> None:
    """Whether the statement is refused or its COMMIT, and whether it is the only one of its transaction."""
    with plain.begin() as connection:
        connection.execute(text(f"CREATE TABLE kept (n int {constraint})"))
        connection.execute(text("CREATE TABLE beside (n int)"))

    with pytest.raises(IntegrityError), plain.begin() as connection:
        assert isinstance(connection, PlainConnection)
        if not is_first:
            connection.execute(text("INSERT INTO beside VALUES (1)"))
        connection.execute_last(
            text("INSERT INTO kept SELECT n / 3 FROM generate_series(1, 2) AS n"), {}
        )  # twice nought

    with plain.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar() == 0
        assert connection.execute(text("SELECT count(*) FROM beside")).scalar() == 0


def test_a_transaction_of_one_statement_is_as_its_connection_was_told(plain: Engine) -> None:
    with plain.connect().execution_options(isolation_level="SERIALIZABLE") as connection, connection.begin():
        connection.execute(text("CREATE TABLE kept (level text)"))
    with plain.connect().execution_options(isolation_level="SERIALIZABLE") as connection, connection.begin():
        assert isinstance(connection, PlainConnection)
        connection.execute_last(text("INSERT INTO kept SELECT current_setting('transaction_isolation')"), {})

    with plain.begin() as connection:
        assert connection.execute(text("SELECT level FROM kept")).scalar() == "serializable"


def test_a_transaction_is_begun_as_its_connection_was_told_to(plain: Engine) -> None:
    with plain.connect().execution_options(isolation_level="SERIALIZABLE") as connection, connection.begin():
        shown = connection.execute(text("SHOW transaction_isolation"))
        assert isinstance(shown, Rows)
        assert shown.scalar() == "serializable"
    with plain.connect().execution_options(isolation_level="AUTOCOMMIT") as connection, connection.begin():
        assert isinstance(connection.execute(text("CREATE TABLE kept (n int)")), Rows)
        with plain.begin() as other:
            assert other.execute(text("SELECT count(*) FROM kept")).scalar() == 0


def test_what_comes_often_is_prepared_and_is_again_after_a_rollback(plain: Engine) -> None:
    often, prepared = text("SELECT :n + 1"), text("SELECT count(*) FROM pg_prepared_statements")
    with plain.connect() as connection:
        for _ in range(10):
            connection.execute(often, {"n": 1})
        assert connection.execute(prepared).scalar() == 1
        connection.rollback()
        for _ in range(10):
            assert connection.execute(often, {"n": 2}).scalar() == 3
        assert connection.execute(prepared).scalar() == 1


def test_a_statement_that_is_refused_when_it_is_prepared_is_only_refused(plain: Engine) -> None:
    """Often before, then the table is gone, and then it is there again: also where no transaction is ever undone."""
    often = text("SELECT count(*) FROM kept WHERE n = :n")
    with plain.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE TABLE kept (n int)"))
        for _ in range(5):
            assert isinstance(connection.execute(often, {"n": 1}), Rows)
        connection.execute(text("ALTER TABLE kept RENAME TO gone"))
        with pytest.raises(ProgrammingError):
            connection.execute(often, {"n": 1})
        connection.execute(text("ALTER TABLE gone RENAME TO kept"))

        assert connection.execute(often, {"n": 1}).scalar() == 0


def test_a_connection_that_is_interrupted_is_not_used_again(plain: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise TimeoutError("no answer in time")

    with plain.connect() as connection:
        connection.execute(text("SELECT 1"))
        driver = connection.connection.driver_connection
        assert driver is not None
        monkeypatch.setattr(driver, "wait", interrupted)
        with pytest.raises(TimeoutError):
            connection.execute(text("SELECT 1"))

    assert driver.closed
    with plain.begin() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1


@pytest.mark.parametrize("comes", range(1, 9))
def test_a_failure_at_the_commit_is_told_whichever_time_the_statement_comes(plain: Engine, comes: int) -> None:
    with plain.begin() as connection:
        connection.execute(text("CREATE TABLE things (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
    with plain.connect().execution_options(isolation_level="AUTOCOMMIT") as connection, connection.begin():
        for number in range(comes):
            assert isinstance(connection.execute(text("INSERT INTO things VALUES (:n)"), {"n": number}), Rows)

        with pytest.raises(IntegrityError):
            connection.execute(text("INSERT INTO things VALUES (:n)"), {"n": 0})

        assert connection.execute(text("SELECT count(*) FROM things")).scalar() == comes
