"""Staff and imports are listed page by page, and a cursor that is not the list's own means its start."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from messaging.database import Database
from operations.rehearsal.http_client import HttpClient
from tests.registration.builders import AS_OPERATOR, DANISH, OPERATOR_KEY
from tests.registration.test_pages import english, sign_in
from tests.support.listing import following, walk
from tests.support.web_process import web_process
from web.paging import encode_cursor

STAFF, IMPORTS = "/registration/api/staff", "/registration/api/imports"
FOREIGN = [("another list's",), ("b", "c"), (10**30,), (None,), (["a"], {})]

MANY_STAFF = """
    INSERT INTO staff (staff_id, name, email, role, language, created_at)
    SELECT gen_random_uuid(), 'Kim ' || number / 2, 'kim-' || number || '@example.dk', 'operator', 'da', now()
    FROM generate_series(1, :many) AS number"""
MANY_IMPORTS = """
    INSERT INTO import_runs (run_id, programme_id, state, started_by)
    SELECT gen_random_uuid(), :programme_id, 'done', 'staff' FROM generate_series(1, :many)"""


def has(database: Database[Any], statement: str, **facts: Any) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(statement), facts)


def test_everybody_who_may_sign_in_is_listed_once_by_name(client: FlaskClient, database: Database[Any]) -> None:
    has(database, MANY_STAFF, many=7)

    pages = walk(client, STAFF, 3, headers=AS_OPERATOR)

    members = [member for page in pages for member in page]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert len({member["staff_id"] for member in members}) == 7
    assert [member["name"] for member in members] == sorted(member["name"] for member in members)


def test_every_import_is_listed_once_the_newest_first(client: FlaskClient, database: Database[Any]) -> None:
    has(database, MANY_IMPORTS, many=25, programme_id=DANISH)

    pages = walk(client, IMPORTS, 10, headers=AS_OPERATOR)

    ids = [run["run_id"] for page in pages for run in page]
    assert [len(page) for page in pages] == [10, 10, 5]
    assert ids == sorted(set(ids), reverse=True)


@pytest.mark.parametrize("cursor", FOREIGN)
@pytest.mark.parametrize("address", [STAFF, IMPORTS])
def test_a_foreign_cursor_means_the_start(
    client: FlaskClient, database: Database[Any], address: str, cursor: tuple[Any, ...]
) -> None:
    has(database, MANY_STAFF, many=2)
    has(database, MANY_IMPORTS, many=2, programme_id=DANISH)

    answer: Any = client.get(address, query_string={"after": encode_cursor(*cursor)}, headers=AS_OPERATOR)

    assert answer.status_code == 200
    assert len(answer.json["items"]) == 2


def test_the_page_of_imports_leads_to_those_before(client: FlaskClient, database: Database[Any]) -> None:
    has(database, MANY_IMPORTS, many=52, programme_id=DANISH)
    sign_in(client)

    first = english(client, "/registration/imports")
    second = client.get(following(first)).text

    shown = [set(re.findall(r"/registration/imports/([\w-]{36})", page)) for page in (first, second)]
    assert [len(page) for page in shown] == [50, 2]
    assert not shown[0] & shown[1]


def test_who_wants_everybody_is_given_all_pages(database: Database[Any]) -> None:
    has(database, MANY_STAFF, many=501)

    with web_process("registration", database, OPERATOR_KEY) as port:
        members = list(HttpClient(f"http://127.0.0.1:{port}", OPERATOR_KEY).items(STAFF))

    assert len({member["email"] for member in members}) == len(members) == 501
