"""kill -9 of workers and relays in mid-stream, in the whole platform: nothing is lost and nothing happens twice."""

import csv
import io
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice

import pytest

from operations.ledger import Ledger
from operations.local.stack import Stack
from operations.rehearsal.http_client import HttpClient
from operations.rehearsal.rules.checks import broken_rules
from operations.rehearsal.rules.rule import Databases
from operations.rehearsal.world.national_numbers import cvr_numbers
from tests.support.waiting import eventually
from tests.system.people import Operator, Organisation
from tests.system.setting import MUNICIPALITY, Setting

IN_THE_REGISTER, COMING_FORWARD = 2_000, 120
VICTIMS = (
    "registration-relay",
    "scheduling-worker",
    "reporting-worker",
    "scheduling-relay",
    "notifications-worker",
    "registration-worker",
    "notifications-relay",
)


@pytest.fixture(scope="module")
def setting(platform: Stack) -> Setting:
    """A programme of its own, with seats for most of those who come forward."""
    setting = Setting.at(datetime.now(UTC), "crash")  # noqa: TID251 - from outside there is no other clock
    Operator(HttpClient(platform.public_url, platform.operator_key)).open(setting)
    return setting


@pytest.fixture(scope="module")
def databases(platform: Stack):
    """The four databases, to be read."""
    opened = Databases(platform.database_urls)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def aftermath(platform: Stack, setting: Setting) -> Ledger:
    """The ledger after a register was imported and organisations came forward while every kind of process was killed."""
    ledger = Ledger(platform.database_urls)
    operator = HttpClient(platform.public_url, platform.operator_key)
    operator.call("POST", f"/registration/api/programmes/{setting.programme_id}/register", a_register(), "text/csv")
    with ThreadPoolExecutor(4) as pool:
        coming = [pool.submit(come_forward, platform, setting) for _ in range(COMING_FORWARD)]
        for victim in VICTIMS:
            seen = applied(ledger)
            eventually(lambda seen=seen: applied(ledger) > seen, f"events flow before {victim} is killed")
            kill(platform, victim)
        for one in coming:
            one.result()
    eventually(lambda: everybody_is_there(setting, platform), "the register is imported", 90)
    ledger.wait_until_settled(90)
    return ledger


def test_every_event_took_effect_at_everybody_who_listens(aftermath: Ledger) -> None:
    page = aftermath.page()

    assert page.is_settled
    assert page.total("parked") == 0
    assert all(account.applied == account.published for account in page.accounts), page.as_json()


def test_every_service_knows_every_case_once(aftermath: Ledger, databases: Databases, setting: Setting) -> None:
    cases = "SELECT count(*) AS found FROM cases WHERE programme_id = %(programme_id)s"

    found = {
        service: databases.rows(service, cases, {"programme_id": setting.programme_id})[0]["found"]
        for service in ("registration", "reporting", "notifications")
    }

    assert set(found.values()) == {IN_THE_REGISTER + COMING_FORWARD}, found


def test_every_seat_is_known_to_everybody_alike(aftermath: Ledger, databases: Databases, setting: Setting) -> None:
    programme = {"programme_id": setting.programme_id}
    states = "SELECT case_id::text, state FROM cases WHERE programme_id = %(programme_id)s AND state IN ('booked', 'waiting')"
    places = (
        "SELECT case_id::text, state FROM placements JOIN cases USING (case_id) WHERE programme_id = %(programme_id)s"
    )

    registered = {row["case_id"]: row["state"] for row in databases.rows("registration", states, programme)}
    reported = {row["case_id"]: row["state"] for row in databases.rows("reporting", states, programme)}
    placed = {row["case_id"]: row["state"] for row in databases.rows("scheduling", places, programme)}

    assert len(placed) == COMING_FORWARD
    assert registered == reported == placed


def test_every_seat_was_told_of_once(aftermath: Ledger, databases: Databases, setting: Setting) -> None:
    programme = {"programme_id": setting.programme_id}
    seats = "SELECT booking_id FROM bookings JOIN cases USING (case_id) WHERE programme_id = %(programme_id)s"
    told = """
        SELECT case_id, count(*) AS times FROM messages
        WHERE programme_id = %(programme_id)s AND purpose = 'booking_confirmed' GROUP BY case_id
    """

    messages = databases.rows("notifications", told, programme)

    assert len(messages) == len(databases.rows("scheduling", seats, programme))
    assert {row["times"] for row in messages} == {1}


def test_no_rule_of_the_domain_is_broken(aftermath: Ledger, platform: Stack, setting: Setting) -> None:
    looked_at, broken = broken_rules(platform.database_urls, setting.definition, IN_THE_REGISTER + COMING_FORWARD)

    assert looked_at > 0
    assert [str(breach) for breach in broken] == []


def a_register() -> bytes:
    """The register's file: companies that have not been heard from."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["number", "kind", "name", "address", "postcode", "city", "municipality"])
    for number in islice(cvr_numbers(17), IN_THE_REGISTER):
        writer.writerow([number, "company", f"Firma {number}", "Istedgade 1", "1650", "København V", MUNICIPALITY])
    return text.getvalue().encode()


def come_forward(platform: Stack, setting: Setting) -> None:
    """One organisation registers and answers the inventory."""
    one = Organisation(HttpClient(platform.public_url), setting)
    one.register()
    one.assess()


def kill(platform: Stack, victim: str) -> None:
    """kill -9; the supervisor starts it again."""
    pid = eventually(lambda: platform.pid(victim), f"{victim} runs")
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: platform.pid(victim) not in (None, pid), f"{victim} runs again")


def applied(ledger: Ledger) -> int:
    """How many effects there are in all."""
    return ledger.page().total("applied")


def everybody_is_there(setting: Setting, platform: Stack) -> bool:
    """Whether the last row of the register has become a case."""
    states = HttpClient(platform.public_url, platform.operator_key).get(
        f"/registration/api/programmes/{setting.programme_id}/states"
    )["states"]
    return sum(states.values()) == IN_THE_REGISTER + COMING_FORWARD
