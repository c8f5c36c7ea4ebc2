"""kill -9 of workers and relays in mid-stream, in the whole platform: nothing is lost and nothing happens twice."""

import csv
import io
import os
import signal
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice

import pytest

from operations.ledger import Ledger, LedgerPage
from operations.local.stack import Stack
from operations.rehearsal.http_client import HttpClient
from operations.rehearsal.rules.checks import Known, broken_rules
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
    numbers = cvr_numbers(17)
    register = a_register(islice(numbers, IN_THE_REGISTER))
    operator.call("POST", f"/registration/api/programmes/{setting.programme_id}/register", register, "text/csv")
    with ThreadPoolExecutor(4) as pool:
        coming = [pool.submit(come_forward, platform, setting, next(numbers)) for _ in range(COMING_FORWARD)]
        for victim in VICTIMS:
            seen = applied(ledger)
            eventually(lambda seen=seen: applied(ledger) > seen, f"events flow before {victim} is killed")
            kill(platform, victim)
        for one in coming:
            one.result()
    eventually(lambda: cases(setting, operator) == IN_THE_REGISTER + COMING_FORWARD, "everybody has a case", 180)
    ledger.wait_until_settled(180)
    return ledger


def test_every_event_took_effect_at_everybody_who_listens(aftermath: Ledger) -> None:
    page = eventually(lambda: settled_page(aftermath), "what timers have told since is settled too")

    assert page.total("parked") == 0
    assert all(account.applied == account.published for account in page.accounts), page.as_json()


def settled_page(ledger: Ledger) -> LedgerPage | None:
    """The ledger's page if all is settled."""
    page = ledger.page()
    return page if page.is_settled else None


def test_every_service_knows_every_case_once(aftermath: Ledger, databases: Databases, setting: Setting) -> None:
    cases = "SELECT count(*) AS found FROM cases WHERE programme_id = %(programme_id)s"

    found = {
        service: databases.rows(service, cases, {"programme_id": setting.programme_id})[0]["found"]
        for service in ("registration", "reporting", "notifications")
    }

    assert set(found.values()) == {IN_THE_REGISTER + COMING_FORWARD}, found


def test_every_seat_was_told_of_once(aftermath: Ledger, databases: Databases, setting: Setting) -> None:
    programme = {"programme_id": setting.programme_id}
    seats = "SELECT booking_id FROM bookings WHERE programme_id = %(programme_id)s"
    told = """
        SELECT case_id, count(*) AS times FROM messages
        WHERE programme_id = %(programme_id)s AND purpose = 'booking_confirmed' GROUP BY case_id
    """

    messages = databases.rows("notifications", told, programme)

    assert len(messages) == len(databases.rows("scheduling", seats, programme))
    assert {row["times"] for row in messages} == {1}


def test_no_rule_of_the_domain_is_broken(aftermath: Ledger, platform: Stack, setting: Setting) -> None:
    """What a killed sender had claimed is sent by another half a minute later, so this may take a while to hold."""

    known = Known(IN_THE_REGISTER + COMING_FORWARD)

    def nothing_is_broken() -> bool:
        looked_at, broken = broken_rules(platform.database_urls, setting.definition, known)
        assert [str(breach) for breach in broken] == []
        return looked_at > 0

    assert eventually(nothing_is_broken, "every rule of the domain holds", 60)


def a_register(numbers: Iterable[str]) -> bytes:
    """The register's file: companies that have not been heard from."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["number", "kind", "name", "address", "postcode", "city", "municipality"])
    for number in numbers:
        writer.writerow([number, "company", f"Firma {number}", "Istedgade 1", "1650", "København V", MUNICIPALITY])
    return text.getvalue().encode()


def come_forward(platform: Stack, setting: Setting, number: str) -> None:
    """One organisation registers and answers the inventory."""
    one = Organisation(HttpClient(platform.public_url), setting, number)
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


def cases(setting: Setting, operator: HttpClient) -> int:
    """How many cases registration has."""
    counted = operator.get(f"/registration/api/programmes/{setting.programme_id}/states")
    return sum(counted["states"].values())
