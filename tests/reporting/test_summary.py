"""The numbers that are told: they add up, they are hidden when small, and a frozen report can be made again."""

import csv
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from frist_contracts import Event, SessionHeld
from messaging.clock import set_business_time
from messaging.database import Database
from services.reporting.handlers.reports import freeze_report
from tests.reporting import world
from web.keys import issue_key
from web.paging import encode_cursor

SUMMARY = f"/reporting/api/programmes/{world.PROGRAMME}/summary"


def a_country(per_municipality: int = 12) -> list[Event]:
    """Many cases in four municipalities, some of each kind, few in one."""
    events: list[Event] = [world.a_programme_applied(), world.municipalities_imported()]
    for code in world.CODES:
        cases = [f"{code}-{number}" for number in range(per_municipality if code != "dk-0825" else 3)]
        for number, case_id in enumerate(cases):
            journey = world.a_helped_journey(case_id, code)
            events += journey if number % 3 == 0 else journey[: 1 + number % 4]
    return world.numbered(events)


def told(database: Database[Any], events: list[Event], now: str = "2013-10-20T12:00:00+00:00") -> None:
    with database.begin() as uow:
        set_business_time(uow.connection, world.datetime.fromisoformat(now))
        world.apply(uow, events)


def test_the_states_add_up_to_the_register(database: Database[Any], operator: FlaskClient) -> None:
    told(database, a_country())

    numbers = operator.get(SUMMARY).get_json()

    assert numbers["cases"]["total"] == 39
    assert sum(numbers["cases"]["states"].values()) == 39
    assert sum(place["cases"] for place in numbers["municipalities"]) == 39


def test_numbers_come_with_the_position_they_were_counted_at(database: Database[Any], client: FlaskClient) -> None:
    events = a_country()
    told(database, events)

    counted = client.get(SUMMARY).get_json()["counted"]

    highest = {event.producer: event.position for event in events}
    assert counted["positions"] == highest
    assert counted["days_left"] == 12


def test_outsiders_get_no_small_number(database: Database[Any], client: FlaskClient) -> None:
    told(database, a_country())

    numbers = client.get(SUMMARY).get_json()

    assert numbers["cases"]["total"] == 39
    for place in numbers["municipalities"]:
        shown = [place["cases"], *place["groups"].values(), place["answered"], place["seats_needed"]]
        assert not any(number in {1, 2, 3, 4} for number in shown if number is not None)
    states = [number for number in numbers["cases"]["states"].values() if number is not None]
    assert not {1, 2, 3, 4} & set(states)
    assert 39 - sum(states) == 0 or 39 - sum(states) >= 5


def test_a_municipalitys_key_sees_what_outsiders_see_and_the_whole_countrys_sees_all(
    database: Database[Any], client: FlaskClient
) -> None:
    told(database, a_country())
    with database.begin() as uow:
        own, all_of_it = (issue_key(uow.connection, "k", ["reports:read"], fence) for fence in ("dk-0101", None))

    def seen(key: str) -> set[str]:
        answer = client.get(SUMMARY, headers={"Authorization": f"Bearer {key}"})
        return {place["code"] for place in answer.get_json()["municipalities"] if place["cases"] is not None}

    assert "dk-0825" not in seen(own)
    assert seen(all_of_it) == set(world.CODES)


def test_a_municipality_with_few_cases_hides_another_with_it(database: Database[Any], client: FlaskClient) -> None:
    told(database, a_country())

    places = client.get(SUMMARY).get_json()["municipalities"]

    hidden = [place["code"] for place in places if place["cases"] is None]
    assert "dk-0825" in hidden
    assert len(hidden) == 2


def test_a_case_of_an_unknown_municipality_is_still_counted(database: Database[Any], operator: FlaskClient) -> None:
    told(database, world.numbered([world.a_programme_applied(), world.opened("case-1", "dk-0999")]))

    numbers = operator.get(SUMMARY).get_json()

    assert numbers["cases"]["total"] == 1
    assert [place["code"] for place in numbers["municipalities"]] == ["dk-0999"]


def test_the_curve_counts_local_days(database: Database[Any], operator: FlaskClient) -> None:
    late_evening = world.datetime(2013, 9, 3, 22, 30, tzinfo=world.UTC)
    events = [world.a_programme_applied(), world.registered("case-1", at=late_evening)]
    told(database, world.numbered(events))

    days = operator.get(SUMMARY).get_json()["registrations"]["days"]

    assert {day["day"]: day["registered"] for day in days if day["registered"]} == {"2013-09-04": 1}


@pytest.mark.parametrize(
    ("now", "is_past"), [("2013-11-01T12:00:00+00:00", False), ("2013-11-02T12:00:00+00:00", True)]
)
def test_a_case_is_late_once_the_deadline_has_passed(
    database: Database[Any], operator: FlaskClient, now: str, *, is_past: bool
) -> None:
    told(database, a_country(), now)

    cases = operator.get(SUMMARY).get_json()["cases"]

    assert cases["late"] == (cases["total"] - cases["states"]["fulfilled"] if is_past else None)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2013-10-31T12:00:00+00:00", "2013-10-31"),
        ("2013-11-01T12:00:00+00:00", world.definition()["ends_on"]),
    ],
)
def test_seats_that_help_are_those_before_the_duty_binds(
    database: Database[Any], operator: FlaskClient, now: str, until: str
) -> None:
    told(database, a_country(), now)

    assert operator.get(SUMMARY).get_json()["seats"]["until"] == until


def test_a_late_programme_finds_the_cases_that_came_before_it(database: Database[Any], operator: FlaskClient) -> None:
    told(database, list(reversed(a_country())))

    assert operator.get(SUMMARY).get_json()["cases"]["total"] == 39


def test_a_frozen_report_can_be_made_again_from_the_same_events(fresh_database: Callable[..., Database[Any]]) -> None:
    events = a_country()
    first, second = fresh_database("reporting"), fresh_database("reporting")
    told(first, events)
    told(second, [*reversed(events), *events])

    with first.begin() as uow:
        frozen = freeze_report(world.PROGRAMME, "staff-1", uow)
    with second.begin() as uow:
        again = freeze_report(world.PROGRAMME, "staff-1", uow)

    assert frozen.sha256 == again.sha256 == hashlib.sha256(frozen.content.encode()).hexdigest()
    assert json.loads(frozen.content)["numbers"]["cases"]["total"] == 39


def test_a_report_stays_as_it_was_frozen(database: Database[Any], operator: FlaskClient, client: FlaskClient) -> None:
    told(database, a_country())
    wish = {"programme_id": world.PROGRAMME}

    made = operator.post("/reporting/api/reports", json=wish, headers={"X-Requested-With": "test"}).get_json()
    told(database, world.numbered([world.opened("case-new")]))
    address = f"/reporting/api/reports/{made['report_id']}"

    assert operator.get(address).get_json()["numbers"]["cases"]["total"] == 39
    assert operator.get("/reporting/api/reports", query_string=wish).get_json()["items"][0]["sha256"] == made["sha256"]
    text = operator.get(f"{address}/content").data
    assert hashlib.sha256(text).hexdigest() == made["sha256"]
    assert b",hidden" not in client.get(f"{address}/municipalities.csv").data


def test_reports_are_listed_page_by_page_to_the_last(database: Database[Any], client: FlaskClient) -> None:
    told(database, a_country())
    with database.begin() as uow:  # at one moment, so that their ids part them
        frozen = [freeze_report(world.PROGRAMME, "staff-1", uow).report_id for _ in range(5)]
    address = f"/reporting/api/reports?programme_id={world.PROGRAMME}&limit=2"

    listed, page = [], client.get(address).get_json()
    while page["next"]:
        listed += page["items"]
        page = client.get(f"{address}&after={page['next']}").get_json()
    listed += page["items"]

    assert [report["report_id"] for report in listed] == sorted(frozen, reverse=True)


@pytest.mark.parametrize("cursor", [("a", "b"), (5, "b"), ("dk-0101",), ([], None)])
def test_a_foreign_cursor_means_the_newest_reports(
    database: Database[Any], client: FlaskClient, cursor: tuple[Any, ...]
) -> None:
    told(database, a_country())
    with database.begin() as uow:
        report_id = freeze_report(world.PROGRAMME, "staff-1", uow).report_id
    query = f"after={encode_cursor(*cursor)}"

    listed = client.get(f"/reporting/api/reports?programme_id={world.PROGRAMME}&{query}")
    page = client.get(f"/reporting/reports?{query}")

    assert [report["report_id"] for report in listed.get_json()["items"]] == [report_id]
    assert report_id in page.text


def test_the_page_of_reports_leads_to_older_ones(database: Database[Any], client: FlaskClient) -> None:
    told(database, a_country())
    with database.begin() as uow:
        oldest, newest = (freeze_report(world.PROGRAMME, "staff-1", uow).report_id for _ in range(2))

    first = client.get("/reporting/reports?language=en&limit=1").text
    onwards = re.search(r'href="([^"]+after=[^"]+)">Next page', first)
    assert onwards
    second = client.get(onwards[1].replace("&amp;", "&")).text

    assert [(oldest in page, newest in page) for page in (first, second)] == [(False, True), (True, False)]


@pytest.mark.parametrize("table", ["municipalities", "registrations", "states"])
def test_each_row_of_a_csv_file_says_what_it_was_counted_from(
    database: Database[Any], operator: FlaskClient, table: str
) -> None:
    told(database, a_country())
    wish = {"programme_id": world.PROGRAMME}
    made = operator.post("/reporting/api/reports", json=wish, headers={"X-Requested-With": "test"}).get_json()
    counted = made["numbers"]["counted"]

    frozen = operator.get(f"/reporting/api/reports/{made['report_id']}/{table}.csv").text
    now = operator.get(f"/reporting/api/programmes/{world.PROGRAMME}/{table}.csv").text

    positions = {f"position_{producer}": str(position) for producer, position in counted["positions"].items()}
    assert positions
    for file in (frozen, now):
        rows = list(csv.DictReader(file.splitlines()))
        assert rows
        assert all({**row, **positions, "counted_on": counted["day"]} == row for row in rows)


def test_every_subsidy_names_the_event_that_earned_it(database: Database[Any], lead: FlaskClient) -> None:
    events = a_country()
    told(database, events)
    address = f"/reporting/api/programmes/{world.PROGRAMME}/subsidies"

    rows = lead.get(address).get_json()["items"]

    held = {event.event_id for event in events if isinstance(event, SessionHeld) and event.municipality == "dk-0101"}
    assert {row["event_id"] for row in rows} == held
    assert all(row["earned"] == row["paid"] == 30000 for row in rows)
    assert lead.get(f"{address}?municipality=dk-0147").status_code == 403
