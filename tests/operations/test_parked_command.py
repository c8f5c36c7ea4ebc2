"""`frist parked` tries again, or gives up, exactly the messages that the operator meant."""

import getpass
import json
from typing import Any

import pytest
from sqlalchemy import text

from frist_contracts import CaseProgressed, ContactChanged, Event, Lane, decode, encode, with_position
from messaging import parked
from messaging.clock import machine_now
from tests.operations.conftest import Command
from tests.operations.events import Databases

CASES = [f"0199a000-0000-7000-8000-00000000000{number}" for number in range(3)]
EVENTS = [f"0199a000-0000-7000-8000-0000000000e{number}" for number in range(3)]
OPERATOR = f"terminal:{getpass.getuser()}"
FILTERS = [
    (("--type", "registration.contact_changed.v1"), [1, 3]),
    (("--type", "unreadable"), [4]),
    (("--because", "SEAT_taken"), [2]),
    (("--subject", CASES[2]), [3]),
    (("--subject", EVENTS[1]), [2]),
    (("--type", "registration.contact_changed.v1", "--because", "broke"), [1]),
    (("--since", "2000-01-01"), [1, 2, 3, 4]),
    (("--until", "2000-01-01"), []),
]
"""What chooses which of the messages that `some_parked` parks."""
every_filter = pytest.mark.parametrize(("chosen", "numbers"), FILTERS, ids=[" ".join(chosen) for chosen, _ in FILTERS])


@pytest.fixture(autouse=True)
def some_parked(platform_databases: Databases) -> None:
    """Reporting has parked three events, 1 to 3, and bytes that nobody can read, 4."""
    about = [{"municipality": "dk-0101", "case_id": case_id, "programme_id": "p"} for case_id in CASES]
    events: list[tuple[Event, str]] = [
        (
            ContactChanged(**about[0], state="registered", organisation_name="Bageriet"),
            "RuntimeError: the handler broke",
        ),
        (CaseProgressed(**about[1], state="booked"), "seat_taken: Somebody was quicker."),
        (ContactChanged(**about[2], state="registered", organisation_name="Smeden"), "RuntimeError: no room"),
    ]
    with platform_databases["reporting"].begin() as uow:
        for number, (event, reason) in enumerate(events):
            body = body_of(event, EVENTS[number], number + 1)
            parked.park(uow.connection, body, Lane.BULK, envelope=decode(body), reason=reason)
        parked.park_unreadable(uow.connection, [(b"{", Lane.BULK)], ["unreadable_event: body is not JSON"])


def test_brackets_in_a_reason_are_shown_as_they_are(command: Command, platform_databases: Databases) -> None:
    """No styles: what somebody else wrote is neither left out nor the end of the command."""
    reason = "StatementError: [/x] [parameters: :bell:]"
    with platform_databases["reporting"].engine.begin() as connection:
        connection.execute(text("UPDATE parked SET reason = :reason WHERE parked_id = 1"), {"reason": reason})

    listed, shown = command("parked", "list"), command("parked", "show", "reporting", 1)

    assert (listed.exit_code, shown.exit_code) == (0, 0)
    assert "[parameters: :bell:]" in listed.stdout
    assert reason in shown.stdout


def body_of(event: Event, event_id: str, position: int) -> bytes:
    body = encode(event, event_id=event_id, time=machine_now(), lane=Lane.BULK, correlation_id=event_id)
    return with_position(body, position)


def rows(databases: Databases, statement: str) -> list[tuple[Any, ...]]:
    with databases["reporting"].engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def numbers_in(databases: Databases, state: str) -> list[int]:
    found = rows(databases, f"SELECT parked_id FROM parked WHERE state = '{state}' ORDER BY 1")
    return [number for (number,) in found]


@every_filter
def test_a_filter_lists_what_it_chooses(command: Command, chosen: tuple[str, ...], numbers: list[int]) -> None:
    told = command("parked", "list", *chosen, "--json")

    assert [row["parked_id"] for row in json.loads(told.stdout)] == numbers


def test_one_is_tried_again(command: Command, platform_databases: Databases) -> None:
    told = command("parked", "replay", "reporting", 1)

    assert told.exit_code == 0
    assert "1 will be tried again now." in told.stdout
    assert rows(platform_databases, "SELECT event_id::text, attempts FROM retries") == [(EVENTS[0], 0)]
    assert rows(platform_databases, "SELECT parked_id, resolved_by FROM parked WHERE state = 'replayed'") == [
        (1, OPERATOR)
    ]


def test_some_are_tried_again_and_the_others_stay(command: Command, platform_databases: Databases) -> None:
    told = command("parked", "replay", "reporting", 1, 3)

    assert told.exit_code == 0
    assert "2 will be tried again now." in told.stdout
    assert numbers_in(platform_databases, "replayed") == [1, 3]
    assert numbers_in(platform_databases, "parked") == [2, 4]


def test_all_are_tried_again(command: Command, platform_databases: Databases) -> None:
    command("parked", "discard", "reporting", 4, "--reason", "Rubbish.")

    told = command("parked", "replay", "reporting", "--all")

    assert told.exit_code == 0
    assert "3 will be tried again now." in told.stdout
    assert numbers_in(platform_databases, "parked") == []
    assert rows(platform_databases, "SELECT count(*) FROM retries WHERE due_at <= now()") == [(3,)]


def test_of_all_what_cannot_be_read_stays_and_the_command_says_what_to_do(
    command: Command, platform_databases: Databases
) -> None:
    told = command("parked", "replay", "reporting", "--all")

    assert told.exit_code == 1
    assert "3 will be tried again now." in told.output
    assert "discard them with a reason" in told.output
    assert numbers_in(platform_databases, "parked") == [4]


def test_trying_again_twice_tries_once(command: Command, platform_databases: Databases) -> None:
    command("parked", "replay", "reporting", 1)

    told = command("parked", "replay", "reporting", 1)

    assert told.exit_code == 1
    assert "frist parked list" in told.output
    assert rows(platform_databases, "SELECT count(*) FROM retries") == [(1,)]


@every_filter
def test_a_filter_has_what_it_chooses_tried_again(
    command: Command, platform_databases: Databases, chosen: tuple[str, ...], numbers: list[int]
) -> None:
    command("parked", "replay", "reporting", *chosen)

    assert numbers_in(platform_databases, "replayed") == [number for number in numbers if number != 4]


@every_filter
def test_a_filter_gives_up_what_it_chooses(
    command: Command, platform_databases: Databases, chosen: tuple[str, ...], numbers: list[int]
) -> None:
    told = command("parked", "discard", "reporting", *chosen, "--reason", "Sent by a test of the pilot.")

    assert f"{len(numbers)} of reporting discarded." in told.stdout
    assert numbers_in(platform_databases, "discarded") == numbers


def test_giving_up_keeps_why_and_who_and_the_event_never_takes_effect(
    command: Command, platform_databases: Databases
) -> None:
    told = command("parked", "discard", "reporting", 2, "--reason", "Sent by a test of the pilot.")

    kept = rows(platform_databases, "SELECT resolution, resolved_by FROM parked WHERE state = 'discarded'")
    assert told.exit_code == 0
    assert kept == [("Sent by a test of the pilot.", OPERATOR)]
    assert rows(platform_databases, "SELECT event_id::text FROM inbox") == [(EVENTS[1],)]


def test_nothing_that_was_parked_gives_orders_to_the_terminal(command: Command, platform_databases: Databases) -> None:
    orders = "\x1b]0;title\x07\x1b[2J\x9b31m"
    with platform_databases["reporting"].begin() as uow:
        parked.park_unreadable(uow.connection, [(orders.encode(), Lane.BULK)], [f"unreadable_event: {orders}"])

    told = [
        command("parked", "list"),
        command("parked", "list", "--json"),
        command("parked", "show", "reporting", 5, "--reveal"),
    ]

    assert [each.exit_code for each in told] == [0, 0, 0]
    assert not {letter for each in told for letter in each.stdout if not letter.isprintable()} - {"\n"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("discard", "reporting", 1),
        ("discard", "reporting", 1, "--reason", " "),
        ("discard", "reporting", "--reason", "Nothing is chosen."),
        ("replay", "reporting"),
        ("replay", "reporting", 1, "--all"),
        ("replay", "reporting", 1, "--type", "unreadable"),
    ],
    ids=lambda arguments: " ".join(map(str, arguments)),
)
def test_whoever_does_not_say_which_or_why_changes_nothing(
    command: Command, platform_databases: Databases, arguments: tuple[object, ...]
) -> None:
    told = command("parked", *arguments)

    assert told.exit_code in {1, 2}
    assert numbers_in(platform_databases, "parked") == [1, 2, 3, 4]
