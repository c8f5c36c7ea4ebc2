"""The national register comes as a stream, is taken in short transactions, and says what it refused and why."""

import io
import itertools
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from messaging.database import Database
from services.registration import handlers
from services.registration.handlers import importing, receiving
from services.registration.handlers.receiving import RegisterFileRefused, receive_register
from tests.registration.builders import (
    AS_OPERATOR,
    CVR_NUMBERS,
    DANISH,
    a_registration,
    outbox_types,
)

URL = f"/registration/api/programmes/{DANISH}/register"
HEADER = "number,kind,name,address,postcode,city,municipality\n"


def a_row(number: str = CVR_NUMBERS[0], **changes: str) -> str:
    cells = {
        "kind": "company",
        "name": "Søkilde Tømrer ApS",
        "address": "Vestergade 1",
        "postcode": "5000",
        "city": "Odense C",
        "municipality": "",
    }
    return ",".join([number, *(cells | changes).values()]) + "\n"


def valid_numbers() -> Iterator[str]:
    """CVR numbers with their check digit, without end."""
    for base in itertools.count(1_000_000):
        digits = str(base)
        check = -sum(int(d) * w for d, w in zip(digits, (2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
        if check < 10:
            yield f"{digits}{check}"


def send(client: FlaskClient, body: str | bytes) -> Any:
    return client.post(URL, data=body, headers=AS_OPERATOR)


def take_all(database: Database[Any]) -> int:
    """Do what the worker's timer does, until nothing is left; returns in how many transactions."""
    for turn in itertools.count():
        with database.begin() as uow:
            if not handlers.import_next_rows(uow):
                return turn
    raise AssertionError("itertools.count() ended")


def report(client: FlaskClient, run: Any) -> Any:
    return client.get(f"/registration/api/imports/{run.json['run_id']}", headers=AS_OPERATOR).json


def counts(run: Any) -> tuple[int, int, int, int]:
    return run["opened"], run["updated"], run["unchanged"], run["refused"]


def test_every_row_opens_a_case_that_is_obliged(client: FlaskClient, database: Database[Any]) -> None:
    run = send(client, HEADER + a_row(CVR_NUMBERS[0]) + a_row(CVR_NUMBERS[1], kind="association"))
    take_all(database)

    assert run.status_code == 202
    assert report(client, run)["state"] == "done"
    assert counts(report(client, run)) == (2, 0, 0, 0)
    assert outbox_types(database) == ["case_opened", "contact_changed"] * 2
    with database.engine.connect() as connection:
        lanes = connection.execute(text("SELECT DISTINCT lane FROM outbox WHERE type LIKE '%case_opened%'")).scalars()
        assert set(lanes) == {"bulk"}


def test_the_report_names_the_line_and_the_remedy_of_every_refused_row(
    client: FlaskClient, database: Database[Any]
) -> None:
    rows = [
        a_row(CVR_NUMBERS[0]),
        a_row("12345678"),
        a_row(CVR_NUMBERS[1], kind="firma"),
        a_row(CVR_NUMBERS[2], postcode="2640"),
        a_row(CVR_NUMBERS[3], postcode="9999"),
        a_row(CVR_NUMBERS[0]),
        "too,few\n",
        a_row(CVR_NUMBERS[4], name='"with a, comma"', municipality="0461"),
    ]

    run = send(client, HEADER + "".join(rows))
    take_all(database)

    assert counts(report(client, run)) == (2, 0, 0, 6)
    url = f"/registration/api/imports/{run.json['run_id']}/refusals"
    refused = client.get(url, headers=AS_OPERATOR).json["items"]
    assert [(row["line"], row["field"]) for row in refused] == [
        (3, "number"),
        (4, "kind"),
        (5, "municipality"),
        (6, "postcode"),
        (7, "number"),
        (8, "row"),
    ]
    assert "line 2" in refused[4]["reason"]
    table = client.get(f"{url}.csv", headers=AS_OPERATOR).text
    assert table.splitlines()[0] == "line,number,field,reason"
    assert len(table.splitlines()) == 7


def test_the_same_file_again_changes_nothing(client: FlaskClient, database: Database[Any]) -> None:
    body = HEADER + a_row(CVR_NUMBERS[0]) + a_row(CVR_NUMBERS[1])
    send(client, body)
    take_all(database)
    told = outbox_types(database)

    again = send(client, body)
    take_all(database)

    assert counts(report(client, again)) == (0, 0, 2, 0)
    assert outbox_types(database) == told


def test_a_new_address_is_told_for_organisations_not_heard_from(client: FlaskClient, database: Database[Any]) -> None:
    send(client, HEADER + a_row())
    take_all(database)

    moved = send(client, HEADER + a_row(address="Nørregade 9"))
    take_all(database)

    assert counts(report(client, moved)) == (0, 1, 0, 0)
    assert outbox_types(database) == ["case_opened", "contact_changed", "contact_changed"]


def test_an_organisation_that_registered_keeps_what_it_said_itself(
    client: FlaskClient, database: Database[Any]
) -> None:
    case: Any = client.post("/registration/api/cases", json=a_registration(address="Eget Hus 1")).json

    send(client, HEADER + a_row(address="Nørregade 9"))
    take_all(database)

    kept = client.get(f"/registration/api/case/{case['token']}").json
    assert (kept["contact"]["address"], kept["state"]) == ("Eget Hus 1", "registered")


def test_an_obliged_organisation_registers_and_gets_its_link(client: FlaskClient, database: Database[Any]) -> None:
    send(client, HEADER + a_row())
    take_all(database)

    registered = client.post("/registration/api/cases", json=a_registration())

    assert registered.status_code == 201
    contact = client.get(f"/registration/api/case/{registered.json['token']}").json["contact"]
    assert contact["email"] == "michael@example.dk"


def test_letters_go_to_the_registers_address_and_the_own_link_does_not_show_it(
    client: FlaskClient, database: Database[Any]
) -> None:
    send(client, HEADER + a_row())
    take_all(database)
    case: Any = client.post(
        "/registration/api/cases", json=a_registration(municipality="dk-0461", channel="letter")
    ).json

    corrected = {"name": "Søkilde Tømrer ApS", "phone": "+45 20 30 40 51", "channel": "letter"}
    client.put(f"/registration/api/case/{case['token']}/contact", json=corrected)

    shown = client.get(f"/registration/api/case/{case['token']}").json["contact"]
    kept = client.get(f"/registration/api/cases/{case['case_id']}", headers=AS_OPERATOR).json["contact"]
    assert (shown["address"], shown["postcode"], shown["city"]) == (None, None, None)
    assert (kept["address"], kept["phone"]) == ("Vestergade 1", "+4520304051")
    for page in ("", "/contact", "/inventory"):
        assert "Vestergade" not in client.get(f"/registration/case/{case['token']}{page}").text


def test_an_import_that_was_interrupted_goes_on_where_it_stopped(
    client: FlaskClient, database: Database[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    run = send(client, HEADER + "".join(map(a_row, CVR_NUMBERS)))
    with database.begin() as uow:
        handlers.import_next_rows(uow)
    with pytest.raises(RuntimeError), database.begin() as uow:
        handlers.import_next_rows(uow)
        raise RuntimeError("the worker was killed before the commit")

    take_all(database)

    assert counts(report(client, run)) == (5, 0, 0, 0)
    assert outbox_types(database).count("case_opened") == 5


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"number,kind\n", "lacks name"),
        (b"number,kind,name\n", "postcode or a municipality"),
        (b"", "lacks number"),
        (HEADER.encode() + "99734299,company,Søkilde".encode("latin-1"), "UTF-8"),
        (HEADER.replace("\n", "\r").encode() + b"99734299,company,A,,,,dk-0461\r", "line ends"),
        (HEADER.encode() + b"x" * 2_000_000, "line ends"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    client: FlaskClient, database: Database[Any], body: bytes, said: str
) -> None:
    refused = send(client, body)

    assert refused.status_code == 422
    assert said in refused.json["detail"]
    latest: Any = client.get("/registration/api/imports", headers=AS_OPERATOR).json
    assert latest["items"][0]["state"] == "broken"
    assert take_all(database) == 0


def test_semicolons_and_a_byte_order_mark_are_understood(client: FlaskClient, database: Database[Any]) -> None:
    body = "\ufeff" + (HEADER + a_row()).replace(",", ";")

    run = send(client, body)
    take_all(database)

    assert counts(report(client, run)) == (1, 0, 0, 0)


def test_an_upload_that_breaks_off_leaves_nothing(database: Database[Any]) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(size) or self.fail()

        def fail(self) -> bytes:
            raise ConnectionError("the sender went away")

    with pytest.raises(ConnectionError):
        receive_register(Broken((HEADER + a_row()).encode()), DANISH, "key:test", database.begin)

    assert take_all(database) == 0


def test_memory_stays_the_same_however_long_the_register_is(
    database: Database[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "STAGED_AT_ONCE", 200)
    monkeypatch.setattr(importing, "CHUNK", 200)
    numbers = valid_numbers()

    def peak_of(rows: int) -> int:
        body = io.BytesIO((HEADER + "".join(a_row(next(numbers)) for _ in range(rows))).encode())
        tracemalloc.start()
        receive_register(body, DANISH, "key:test", database.begin)
        take_all(database)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak_of(200)

    assert peak_of(2_000) < 1.5 * peak_of(400)


def test_a_file_without_rows_is_done_at_once(client: FlaskClient, database: Database[Any]) -> None:
    run = send(client, HEADER)
    take_all(database)

    assert (report(client, run)["state"], counts(report(client, run))) == ("done", (0, 0, 0, 0))


def test_the_register_of_a_programme_that_is_not_there_is_refused(database: Database[Any]) -> None:
    with pytest.raises(Exception, match="no programme"):
        receive_register(io.BytesIO(HEADER.encode()), "dk-nothing", "key:test", database.begin)


def test_a_quote_that_never_closes_is_refused(database: Database[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    body = HEADER + '99734299,company,"' + "x" * 200_000

    with pytest.raises(RegisterFileRefused, match="quotes"):
        receive_register(io.BytesIO(body.encode()), DANISH, "key:test", database.begin)
