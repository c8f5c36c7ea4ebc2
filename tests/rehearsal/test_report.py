"""What came of a rehearsal is counted in the services' real tables, told in figures, and a fault for whatever is wrong."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from operations.ledger import Account, LedgerPage
from operations.rehearsal.report import faults, print_report
from operations.rehearsal.rules.cases import STATES
from operations.rehearsal.rules.rule import Breach, Databases
from operations.rehearsal.summary import Summary, count_all
from operations.rehearsal.view import LiveView, PlainView, Scene, view_for
from tests.rehearsal.planting import PROGRAMME, Planters, a_case, a_message, an_event

PUBLISHED = {  # of three cases: by whom, and about whom
    "registration": [("registration.case_registered.v1", case) for case in (1, 2, 3)]
    + [("registration.case_assessed.v1", case) for case in (1, 2)],
    "scheduling": [("scheduling.booking_confirmed.v1", case) for case in (1, 1, 2)]
    + [("scheduling.booking_missed.v1", 1), ("scheduling.booking_attended.v1", 1)],
}
SENT = [("email", "sent"), ("email", "sent"), ("sms", "sent"), ("letter", "sent"), ("email", "waiting")]
PAGE = LedgerPage(
    [
        Account("registration", "reporting", published=9, applied=5, missing=3, parked=1),
        Account("scheduling", "reporting", 4, 4),
    ]
)
KEPT = {"programme": PROGRAMME, "requests": 40, "rules_checked": 70, "seconds": 12.3, "seed": 2013}
PROMISED = {
    *("organisations", "registered", "assessed", "booked", "helped", "fulfilled", "waiting", "withdrawn", "no_shows"),
    *("messages_sent", "letters", "surveys", "satisfied_share", "events_published", "events_applied"),
    *("missing", "parked", "seconds"),
}
"""What `summary.json` holds, whatever else it does."""


@pytest.fixture
def played(services: Planters) -> Iterator[Databases]:
    """Three cases, of which one is fulfilled, and what was published, sent and answered about them."""
    for number, state in enumerate(("fulfilled", "waiting", "registered"), 1):
        services["registration"].put("cases", a_case(number, state=state))
    services["registration"].put("cases", a_case(4, programme_id="another"))
    for service, events in PUBLISHED.items():
        for at, (type_name, case) in enumerate(events):
            event_id = f"00000000-0000-7000-8000-0000000000{at:02}"
            services[service].put("outbox", an_event(type_name, at) | {"subject": f"case-{case}", "event_id": event_id})
    for at, (channel, state) in enumerate(SENT):
        services["notifications"].put("messages", a_message(f"message-{at}", channel=channel, state=state))
    services["notifications"].put("messages", a_message("to-staff", case_id=None))
    for at, score in enumerate((5, 4, 2)):
        answer = {"survey_id": f"s-{at}", "score": score, "first_visit": True}
        place = {"programme_id": PROGRAMME, "municipality": "dk-0101", "sequence": 1, "position": at}
        services["reporting"].put("survey_answers", place | answer)
    found = Databases({name: planter.url for name, planter in services.items()})
    yield found
    found.close()


@pytest.fixture
def summary() -> Summary:
    """Of a rehearsal in which all is well."""
    counts = dict.fromkeys(Summary.__annotations__, 0)
    states = dict.fromkeys(STATES, 0) | {"fulfilled": 7}
    lists: dict[str, Any] = {"broken_rules": [], "killed": [], "seconds_by_phase": {"playing": 12.0}}
    return Summary(**counts | {"organisations": 7, "states": states, "satisfied_share": 0.5} | lists | KEPT)


def test_the_figures_are_those_of_the_databases_and_of_the_ledger(played: Databases) -> None:
    figures = count_all(played, PROGRAMME, PAGE)

    assert figures.pop("states") == dict.fromkeys(STATES, 0) | {"fulfilled": 1, "waiting": 1, "registered": 1}
    assert figures == {
        "organisations": 3,
        "registered": 3,
        "assessed": 2,
        "booked": 2,
        "helped": 1,
        "fulfilled": 1,
        "waiting": 1,
        "withdrawn": 0,
        "bookings": 3,
        "no_shows": 1,
        "messages_sent": 4,
        "emails": 2,
        "sms": 1,
        "letters": 1,
        "surveys": 3,
        "satisfied_share": 0.667,
        "events_published": 10,
        "events_owed": 13,
        "events_applied": 9,
        "missing": 3,
        "parked": 1,
    }


def test_nobody_who_answered_is_no_share(services: Planters) -> None:
    databases = Databases({name: planter.url for name, planter in services.items()})

    assert count_all(databases, PROGRAMME, LedgerPage())["satisfied_share"] == 0.0

    databases.close()


def test_the_summary_is_kept_with_every_figure_that_is_promised(played: Databases, tmp_path: Path) -> None:
    lists: dict[str, Any] = {"broken_rules": [], "killed": [], "seconds_by_phase": {"playing": 12.3}}
    made = Summary(**count_all(played, PROGRAMME, PAGE), **KEPT, **lists)

    made.write(tmp_path / "demo" / "summary.json")

    kept = json.loads((tmp_path / "demo" / "summary.json").read_text())
    assert kept.keys() >= PROMISED
    assert kept == {name: getattr(made, name) for name in kept}
    assert (kept["registered"], kept["missing"], kept["seconds"]) == (3, 3, 12.3)


def test_a_rehearsal_in_which_all_is_well_has_no_fault(summary: Summary) -> None:
    assert faults(summary, []) == []


@pytest.mark.parametrize(
    ("changed", "breaches", "says"),
    [
        ({"missing": 2}, [], "2 events did not take effect where they should: see `frist ledger`."),
        ({"parked": 3}, [], "3 events are parked: see `frist parked list`."),
        ({"organisations": 8}, [], "The states sum to 7, not to 8."),
        (
            {},
            [Breach("A seat is never sold twice.", 5, [{"seat": "[1]"}])],
            "Broken in 5 places: A seat is never sold twice.",
        ),
    ],
    ids=["missing", "parked", "states", "a broken rule"],
)
def test_each_cause_is_a_fault_of_its_own_and_is_printed(
    summary: Summary, changed: dict[str, Any], breaches: list[Breach], says: str
) -> None:
    wrong = replace(summary, **changed)

    (found,) = faults(wrong, breaches)

    assert found.startswith(says)
    told = printed(wrong, breaches)
    assert found in told
    assert "rules hold" not in told


def test_the_report_has_the_figures_the_states_and_the_seconds(summary: Summary) -> None:
    told = printed(replace(summary, events_published=12_345, seconds_by_phase={"playing": 12.0, "settling": 3.4}), [])

    rows = {" ".join(line.split()) for line in told.splitlines()}
    assert any(row.startswith("organisations in the register 7 ") for row in rows)
    assert any(row.startswith("satisfied, of those 50.0%") for row in rows)
    assert any("events published 12,345" in row for row in rows)
    assert all(state in told for state in STATES)
    assert "settling 3.4" in " ".join(told.split())
    assert "All 70 rules hold, nothing is missing or parked." in told


def printed(summary: Summary, breaches: list[Breach]) -> str:
    console = Console(width=140, file=StringIO(), record=True)
    print_report(console, summary, breaches)
    return console.export_text()


SCENE = Scene(
    day=date(2013, 10, 7),
    states={"booked": 3, "waiting": 1, "exempt": 0},
    lanes={"scheduling urgent": 1_234},
    requests=5_678,
    requests_per_second=91.4,
)


def test_a_terminal_is_drawn_the_day_the_states_and_the_queues() -> None:
    console = Console(width=120, height=40, file=StringIO(), force_terminal=True, record=True)

    with view_for(30, "http://localhost:8000/reporting/", console) as view:
        view.say("killed -9: scheduling-worker [pid 7]")
        view.day_done(12, SCENE)

    assert isinstance(view, LiveView)
    told = " ".join(console.export_text().split())
    assert "killed -9: scheduling-worker [pid 7]" in told
    assert "Monday 07 October 2013" in told
    assert "12/30" in told
    assert "scheduling urgent 1,234" in told
    assert "requests 5,678" in told
    assert "requests/s 91" in told
    assert "booked 3 " + "█" * 22 in told
    assert "http://localhost:8000/reporting/" in told


def test_a_log_has_a_line_every_ten_days_and_for_the_last() -> None:
    said: list[str] = []

    with PlainView(25, said.append) as view:
        for number in range(1, 26):
            view.day_done(number, SCENE)

    assert [line.partition(":")[0] for line in said] == [f"2013-10-07 (day {day} of 25)" for day in (10, 20, 25)]
    assert said[0].endswith(": 3 booked, 1 waiting; 91 requests/s")
    assert isinstance(view_for(25, "", Console(file=StringIO())), PlainView)
