"""`frist ledger` says what became of every event, and by its exit code whether all is settled."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.operations.conftest import Command
from tests.operations.events import Databases, park, publish, take_effect

LONG_AGO, LATELY = timedelta(days=9), timedelta(hours=1)


def days_ago(days: int) -> str:
    """A time as an operator types it."""
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()  # noqa: TID251  (machine time)


def to_reporting(told: str) -> dict[str, Any]:
    """What `frist ledger --json` says of events from registration to reporting."""
    accounts: list[dict[str, Any]] = json.loads(told)["accounts"]
    return next(each for each in accounts if (each["producer"], each["consumer"]) == ("registration", "reporting"))


@pytest.fixture
def lost(platform_databases: Databases) -> int:
    """An event of nine days ago took effect, two of the last hour are nowhere: the position of the older one of them."""
    with platform_databases["registration"].engine.begin() as connection:
        done = publish(connection, age=LONG_AGO)
        older = publish(connection, age=LATELY)
        publish(connection, age=LATELY / 2)
    take_effect(platform_databases, *done)
    return older[1]


def test_a_settled_platform_is_said_to_be_so(command: Command, platform_databases: Databases) -> None:
    with platform_databases["registration"].engine.begin() as connection:
        event = publish(connection)
    take_effect(platform_databases, *event)

    told = command("ledger")

    assert told.exit_code == 0
    assert "Settled: nothing is missing or pending." in told.stdout


def test_the_table_says_what_is_missing_and_since_when(command: Command, lost: int) -> None:
    told = command("ledger")

    row = next(line for line in told.stdout.splitlines() if "registration" in line and "reporting" in line)
    cells = [cell.strip() for cell in row.split("│")[1:-1]]
    assert told.exit_code == 1
    assert "Not settled." in told.stdout
    assert "oldest unsettled" in told.stdout
    assert cells[:-1] == ["registration", "reporting", "3", "1", "2", "0", "0", "0", "0"]
    assert cells[-1].startswith(f"position {lost}, ")


def test_waiting_in_vain_shows_the_ledger_all_the_same(command: Command, lost: int) -> None:
    told = command("ledger", "--wait", "0.1", "--json")

    assert told.exit_code == 1
    assert to_reporting(told.stdout)["missing"] == 2
    assert "registration to reporting: 0 pending, 2 missing" in told.stderr


def test_the_oldest_event_that_is_owed_is_named_with_its_age(command: Command, lost: int) -> None:
    oldest = to_reporting(command("ledger", "--json").stdout)["oldest"]

    assert oldest["position"] == lost
    assert 3600 <= oldest["age_seconds"] < 3700


def test_a_span_chooses_events_by_when_they_were_stored(command: Command, lost: int) -> None:
    before, since = (
        command("ledger", "--json", "--until", days_ago(2)),
        command("ledger", "--json", "--since", days_ago(2)),
    )
    between = command("ledger", "--json", "--since", days_ago(20), "--until", days_ago(10))

    counts = [
        (told.exit_code, *(to_reporting(told.stdout)[name] for name in ("published", "applied", "missing")))
        for told in (before, since, between)
    ]
    assert counts == [(0, 1, 1, 0), (1, 2, 0, 2), (0, 0, 0, 0)]


def test_duplicates_that_the_inbox_absorbed_are_counted_but_not_by_time(
    command: Command, platform_databases: Databases
) -> None:
    with platform_databases["reporting"].engine.begin() as connection:
        rows = "INSERT INTO duplicates (producer, lane, absorbed) VALUES ('registration', 'bulk', 4), ('registration', 'urgent', 3)"
        connection.execute(text(rows))

    everything, span = command("ledger", "--json").stdout, command("ledger", "--json", "--since", days_ago(2)).stdout

    assert to_reporting(everything)["duplicates"] == json.loads(everything)["duplicates"] == 7
    assert "duplicates" not in json.loads(span)
    assert "duplicates" not in command("ledger", "--since", days_ago(2)).stdout


def test_what_an_operator_gave_up_is_discarded_and_no_longer_parked(
    command: Command, platform_databases: Databases
) -> None:
    with platform_databases["registration"].engine.begin() as connection:
        event = publish(connection)
    take_effect(platform_databases, *event, but="reporting")
    park(platform_databases["reporting"], *event)

    parked = to_reporting(command("ledger", "--json").stdout)
    command("parked", "discard", "reporting", "--all", "--reason", "A test of the pilot.")
    told = command("ledger", "--json")

    discarded = to_reporting(told.stdout)
    names = ("published", "applied", "parked", "discarded")
    assert [parked[name] for name in names] == [1, 0, 1, 0]
    assert [discarded[name] for name in names] == [1, 0, 0, 1]
    assert told.exit_code == 0


@pytest.mark.parametrize("span", [("--since", "yesterday"), ("--since", "2013-10-02", "--until", "2013-10-01")])
def test_a_span_that_makes_no_sense_is_bad_use(command: Command, span: tuple[str, ...]) -> None:
    assert command("ledger", *span).exit_code == 2
