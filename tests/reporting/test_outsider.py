"""The rehearsal's reader without a key finds every number that everybody is told, wherever it is told."""

import hashlib
import json
from collections import defaultdict
from typing import Any, cast

import pytest
from flask.testing import FlaskClient

from frist_contracts import Event
from messaging.database import Database
from operations.rehearsal.http_client import Answer
from operations.rehearsal.outsider import read_public
from operations.rehearsal.play.platform import Platform
from operations.rehearsal.rules.published import Told
from tests.reporting import world


class Reader:
    """The rehearsal's way to ask, of an application in this process."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def get(self, path: str) -> Any:
        return self.call("GET", path).json()

    def post(self, path: str, body: Any) -> Any:
        return self._client.post(path, json=body, headers={"X-Requested-With": "test"}).get_json()

    def call(self, method: str, path: str) -> Answer:
        response = self._client.open(path, method=method)
        assert response.status_code == 200, path
        return Answer(response.status_code, response.data)


class Offered:
    """People without a key, and an office."""

    def __init__(self, people: FlaskClient, office: FlaskClient) -> None:
        self.people, self.office = Reader(people), Reader(office)


@pytest.fixture
def told(database: Database[Any], client: FlaskClient, operator: FlaskClient) -> list[Told]:
    """Twenty in Copenhagen and one elsewhere, all of them helped, as everybody is told of them."""
    events: list[Event] = [world.a_programme_applied(), world.municipalities_imported()]
    for number in range(20):
        events += world.a_helped_journey(f"case-{number}")
    events += world.a_helped_journey("case-elsewhere", municipality="dk-0825")
    with database.begin() as uow:
        world.apply(uow, world.numbered(events))
    return read_public(cast("Platform", Offered(client, operator)), world.PROGRAMME)


def test_every_source_tells_the_same_of_a_number(told: list[Told]) -> None:
    numbers: dict[tuple[str, ...], set[int | None]] = defaultdict(set)
    for each in told:
        numbers[each.cell].add(each.number)

    assert {cell: found for cell, found in numbers.items() if len(found) > 1} == {}
    assert numbers["state", ""] == numbers["cases", "", ""] == {21}


def test_the_dashboard_and_json_and_files_of_now_and_of_a_report_are_read(told: list[Told]) -> None:
    sources = {each.source.rpartition("/")[2].partition("?")[0] for each in told}

    assert sources >= {"summary", "municipalities.csv", "registrations.csv", "states.csv"}
    assert len({each.source for each in told if each.cell == ("state", "fulfilled")}) == 4
    assert len({each.source for each in told if each.cell == ("cases", "dk-0825", "")}) == 6
    assert len({each.source for each in told if each.cell == ("cases", "dk-0101", "fulfilled")}) == 6


def test_the_fingerprint_is_of_what_a_reader_is_shown(
    told: list[Told], client: FlaskClient, operator: FlaskClient
) -> None:
    """That of the whole text would prove a guess at what is hidden in it."""
    wish = {"programme_id": world.PROGRAMME}
    made = operator.post("/reporting/api/reports", json=wish, headers={"X-Requested-With": "test"}).get_json()
    address = f"/reporting/api/reports/{made['report_id']}"
    whole, shown = operator.get(f"{address}/content").data, client.get(f"{address}/content").data

    assert hashlib.sha256(whole).hexdigest() == operator.get(address).get_json()["sha256"]
    assert hashlib.sha256(shown).hexdigest() == client.get(address).get_json()["sha256"]
    assert json.loads(shown)["numbers"] == client.get(address).get_json()["numbers"] != json.loads(whole)["numbers"]
    assert [each["sha256"] for each in client.get("/reporting/api/reports", query_string=wish).get_json()["items"]] == [
        None
    ] * 2
    page = client.get(f"/reporting/reports/{made['report_id']}").text
    assert hashlib.sha256(shown).hexdigest() in page
    assert made["sha256"] not in page + client.get("/reporting/reports").text


def test_what_is_hidden_is_read_as_hidden(told: list[Told]) -> None:
    elsewhere = {each.number for each in told if each.cell[:2] == ("cases", "dk-0825")}
    nobody = {each.number for each in told if each.cell == ("state", "waiting")}

    assert elsewhere == {None}
    assert nobody == {0}
