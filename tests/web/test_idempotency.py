"""A repeated request gets the first answer."""

import threading
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from messaging.database import Database
from messaging.unit_of_work import UnitOfWork
from tests.faults.postgres_proxy import AnswerLosingProxy
from tests.web.conftest import count, make_library
from web import idempotency
from web.idempotency import forget_old_answers

BOOKS = "/library/api/books"


def post(client: FlaskClient, key: str, **book: Any) -> Any:
    return client.post(BOOKS, json=book, headers={"Idempotency-Key": key})


def test_the_same_request_again_gets_the_kept_answer_and_does_nothing(
    client: FlaskClient, database: Database[UnitOfWork]
) -> None:
    first = post(client, "k-1", title="Emma")

    again = post(client, "k-1", title="Emma")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert count(database, "books") == 1


def test_a_request_whose_commit_got_no_answer_is_answered_when_it_is_asked_again(
    database: Database[UnitOfWork],
) -> None:
    proxy = AnswerLosingProxy().start()
    proxied = proxy.before(database.engine.url.render_as_string(hide_password=False))
    client = make_library(Database("library", proxied, UnitOfWork, "driven")).test_client()
    proxy.lose("INSERT INTO idempotency_keys")

    lost, again = (post(client, "k-1", title="Emma") for _ in range(2))

    assert (lost.status_code, again.status_code, proxy.lost) == (503, 201, 1)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert count(database, "books") == 1
    proxy.stop()


def test_without_a_key_each_request_counts(client: FlaskClient, database: Database[UnitOfWork]) -> None:
    client.post(BOOKS, json={"title": "Emma"})
    client.post(BOOKS, json={"title": "Emma"})

    assert count(database, "books") == 2
    assert count(database, "idempotency_keys") == 0


def test_the_same_key_with_another_body_is_refused(client: FlaskClient, database: Database[UnitOfWork]) -> None:
    post(client, "k-1", title="Emma")

    answer = post(client, "k-1", title="Persuasion")

    assert answer.status_code == 422
    assert answer.json["type"] == "/problems/idempotency_key_reused"
    assert count(database, "books") == 1


def test_a_refused_request_is_tried_anew(client: FlaskClient, database: Database[UnitOfWork]) -> None:
    refused = post(client, "k-1", title="taken")

    accepted = post(client, "k-1", title="Emma")

    assert (refused.status_code, accepted.status_code) == (409, 201)
    assert count(database, "books") == 1


def test_while_the_first_request_runs_the_second_is_told_to_wait(
    library: Flask, database: Database[UnitOfWork]
) -> None:
    answers: list[Any] = []
    with database.engine.begin() as connection:
        connection.execute(text("LOCK TABLE books IN ACCESS EXCLUSIVE MODE"))
        first = threading.Thread(target=lambda: answers.append(post(library.test_client(), "k-1", title="Emma")))
        first.start()
        wait_until_locked = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'books'::regclass")
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watcher:
            while not watcher.execute(wait_until_locked).scalar_one():
                assert first.is_alive()

        second = post(library.test_client(), "k-1", title="Emma")

    first.join(10)
    assert second.status_code == 409
    assert second.json["type"] == "/problems/request_in_progress"
    assert second.headers["Retry-After"] == "1"
    assert answers[0].status_code == 201


def test_what_is_kept_cannot_be_read_from_the_database(client: FlaskClient, database: Database[UnitOfWork]) -> None:
    post(client, "k-1", title="Emma")

    with database.engine.connect() as connection:
        row = connection.execute(text("SELECT key_hash, request_hash, answer FROM idempotency_keys")).one()

    assert not any(b"Emma" in bytes(part) or b"k-1" in bytes(part) for part in row)


def test_answers_are_forgotten_after_a_day(
    client: FlaskClient, database: Database[UnitOfWork], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "_CLEAN_UP_CHANCE", 0)  # now and then a request does it by the way
    post(client, "old", title="Emma")
    with database.begin() as uow:
        uow.connection.execute(text("UPDATE idempotency_keys SET created_at = created_at - interval '25 hours'"))
    post(client, "new", title="Emma")

    with database.begin() as uow:
        forgotten = forget_old_answers(uow.connection)

    assert forgotten == 1
    assert count(database, "idempotency_keys") == 1


def test_a_key_that_is_too_long_is_refused(client: FlaskClient) -> None:
    answer = post(client, "k" * 256, title="Emma")

    assert answer.status_code == 422
    assert "UUID" in answer.json["detail"]


def test_an_answer_kept_under_a_secret_that_was_replaced_is_not_made_anew(
    client: FlaskClient, database: Database[UnitOfWork]
) -> None:
    post(client, "k-1", title="Emma")

    answer = post(make_library(database, secret_key="n" * 40).test_client(), "k-1", title="Emma")

    assert answer.status_code == 422
    assert count(database, "books") == 1
