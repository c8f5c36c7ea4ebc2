"""A file that breaks off on its way is no file: nothing of it is taken, by a web process as it stands in the open."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from messaging.database import Database
from tests.registration.builders import CVR_NUMBERS, DANISH, OPERATOR_KEY
from tests.registration.test_register_import import HEADER, a_row, take_all
from tests.support.web_process import send_and_hang_up, web_process

REGISTER = f"POST /registration/api/programmes/{DANISH}/register"
CUT = (HEADER + a_row(CVR_NUMBERS[0]) + a_row(CVR_NUMBERS[1])).encode()[:-20]


@pytest.fixture
def port(database: Database[Any]) -> Iterator[int]:
    with web_process("registration", database, OPERATOR_KEY) as port:
        yield port


def scalar(database: Database[Any], query: str) -> Any:
    with database.engine.connect() as connection:
        return connection.execute(text(query)).scalar()


def test_nothing_is_taken_of_what_breaks_off(port: int, database: Database[Any]) -> None:
    postcodes = scalar(database, "SELECT count(*) FROM postcodes")
    chunk = f"{len(CUT):x}\r\n".encode() + CUT + b"\r\n"
    places = b"postcode,town,municipality\n5000,Odense C,dk-0461\n"

    answers = [
        send_and_hang_up(port, REGISTER, OPERATOR_KEY, CUT, f"Content-Length: {len(CUT) + 20}"),
        send_and_hang_up(port, REGISTER, OPERATOR_KEY, chunk, "Transfer-Encoding: chunked"),
        send_and_hang_up(port, "PUT /registration/api/postcodes/dk", OPERATOR_KEY, places, "Content-Length: 60000"),
    ]

    for answer in answers:
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b'"/problems/body_broke_off"' in answer
    assert take_all(database) == 0
    assert scalar(database, "SELECT array_agg(DISTINCT (state, reason)::text) FROM import_runs") == [
        '(broken,"What you sent broke off before its end; send it again.")'
    ]
    assert scalar(database, "SELECT count(*) FROM import_rows") + scalar(database, "SELECT count(*) FROM cases") == 0
    assert scalar(database, "SELECT count(*) FROM postcodes") == postcodes


def test_what_arrives_whole_is_taken(port: int, database: Database[Any]) -> None:
    whole = (HEADER + a_row(CVR_NUMBERS[0]).rstrip()).encode()
    chunked = f"{len(whole):x}\r\n".encode() + whole + b"\r\n0\r\n\r\n"

    told = send_and_hang_up(port, REGISTER, OPERATOR_KEY, whole, f"Content-Length: {len(whole)}")
    untold = send_and_hang_up(port, REGISTER, OPERATOR_KEY, chunked, "Transfer-Encoding: chunked")

    assert [answer[:13] for answer in (told, untold)] == [b"HTTP/1.1 202 "] * 2
    take_all(database)
    assert scalar(database, "SELECT sum(opened + unchanged) FROM import_runs") == 2
