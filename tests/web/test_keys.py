"""API keys: hashed, with scopes, two live for a change without a pause."""

import hashlib
import time

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from messaging.database import Database
from messaging.unit_of_work import UnitOfWork
from tests.web.conftest import a_key, make_library
from web.keys import KeysLimited, issue_key, list_keys, revoke_key

BACK_OFFICE = "/library/api/staff-only"


def test_a_key_with_the_scope_is_let_in(client: FlaskClient, database: Database[UnitOfWork]) -> None:
    answer = client.post(BACK_OFFICE, headers=a_key(database, "books:write"))

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["kind"] == "key"


def test_a_key_without_the_scope_is_not(client: FlaskClient, database: Database[UnitOfWork]) -> None:
    assert client.get(BACK_OFFICE, headers=a_key(database, "clock")).status_code == 403


@pytest.mark.parametrize(
    "header",
    ["Bearer frist_00000000_nothing", "Bearer nonsense", "Basic Zm9v", "Bearer frist_0_", "Bearer", "\tBearer  "],
)
def test_an_unknown_key_is_refused_even_where_all_are_welcome(client: FlaskClient, header: str) -> None:
    answer = client.get("/library/api/books", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["type"] == "/problems/key_unknown"


def test_a_known_prefix_with_another_secret_is_refused(client: FlaskClient, database: Database[UnitOfWork]) -> None:
    header = a_key(database)["Authorization"]

    answer = client.get(BACK_OFFICE, headers={"Authorization": header[:-1] + ("a" if header[-1] != "a" else "b")})

    assert answer.status_code == 401


def test_only_the_hash_of_a_key_is_stored(database: Database[UnitOfWork]) -> None:
    key = a_key(database)["Authorization"].removeprefix("Bearer ")
    with database.engine.connect() as connection:
        stored = connection.execute(text("SELECT api_keys::text AS row, key_hash FROM api_keys")).one()
        shown = list_keys(connection)

    assert key.split("_", 2)[2] not in stored.row
    assert stored.key_hash == hashlib.sha256(key.encode()).digest()
    assert not hasattr(shown[0], "key_hash")


def test_two_keys_of_one_name_live_at_once_and_a_third_is_refused(database: Database[UnitOfWork]) -> None:
    with database.begin() as uow:
        first = issue_key(uow.connection, "importer", ["books:write"])
        issue_key(uow.connection, "importer", ["books:write"])

        with pytest.raises(KeysLimited):
            issue_key(uow.connection, "importer", ["books:write"])

        assert revoke_key(uow.connection, first.split("_")[1])
        issue_key(uow.connection, "importer", ["books:write"])


def test_a_revoked_key_stops_working_within_half_a_minute(
    client: FlaskClient, database: Database[UnitOfWork], monkeypatch: pytest.MonkeyPatch
) -> None:
    header = a_key(database)
    assert client.get(BACK_OFFICE, headers=header).status_code == 200
    with database.begin() as uow:
        revoke_key(uow.connection, header["Authorization"].split("_")[1])
    later = time.monotonic() + 31

    monkeypatch.setattr("web.keys.time.monotonic", lambda: later)

    assert client.get(BACK_OFFICE, headers=header).status_code == 401


def test_the_operators_own_key_opens_everything_before_any_key_is_made(database: Database[UnitOfWork]) -> None:
    own = "frist_operator_" + "k" * 40
    library = make_library(database, operator_key_hash=hashlib.sha256(own.encode()).hexdigest())

    answer = library.test_client().get(BACK_OFFICE, headers={"Authorization": f"Bearer {own}"})
    refused = library.test_client().get(BACK_OFFICE, headers={"Authorization": f"Bearer {own}x"})

    assert answer.status_code == 200
    assert refused.status_code == 401
