"""The report of an import on its page: every reason in the reader's language, also where it tells something of the row."""

import io
from typing import Any

from flask.testing import FlaskClient

from messaging.database import Database
from tests.registration.builders import CVR_NUMBERS, DANISH
from tests.registration.test_pages import sign_in
from tests.registration.test_register_import import HEADER, a_row, send, take_all

ROWS = (
    a_row(CVR_NUMBERS[0]),
    a_row(CVR_NUMBERS[0]),
    a_row(CVR_NUMBERS[1], name="a" * 301),
    a_row(CVR_NUMBERS[2], municipality="%(x)s"),
    a_row(CVR_NUMBERS[3], postcode="2000"),
    a_row("12345678"),
)


def test_why_rows_were_refused_is_told_in_the_readers_language(client: FlaskClient, database: Database[Any]) -> None:
    run_id = send(client, HEADER + "".join(ROWS)).json["run_id"]
    take_all(database)
    sign_in(client)

    page = client.get(f"/registration/imports/{run_id}", query_string={"language": "da"}).text

    for reason in (
        "står allerede på linje 2; fjern den ene",
        "længere end 300 tegn; forkort det",
        "ingen kommune har koden dk-%(x)s; skriv den som dk-0101",
        "postnummeret ligger i flere kommuner; skriv hvilken: dk-0101, dk-0147",
        "Det er ikke et gyldigt CVR-nummer",
    ):
        assert reason in page


def test_why_a_file_was_refused_is_told_in_the_readers_language(client: FlaskClient) -> None:
    sign_in(client)
    sent = {"programme_id": DANISH, "file": (io.BytesIO(b"number,kind\n"), "register.csv")}

    page = client.post("/registration/imports", data=sent, query_string={"language": "da"})

    assert page.status_code == 422
    assert "Overskriften mangler name; kolonnerne er number, kind, name" in page.text
