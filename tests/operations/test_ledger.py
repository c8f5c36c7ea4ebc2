"""The ledger sees every event that did not take effect, and nothing else."""

import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from messaging import horizon
from messaging.database import Database
from messaging.rounds import run_round
from operations.ledger import Ledger, queries, settling
from operations.ledger.connections import Connections
from operations.ledger.reading import NotSettledError
from operations.services import SERVICES
from tests.operations.events import Databases, park, publish, take_effect

SETTLED_PAGE = text("""
    INSERT INTO pages (producer, first_position, last_position, totals, heard_at, is_settled)
    VALUES ('registration', 1, :last, '{}', now(), true)
""")


@pytest.fixture
def ledger(platform_databases: Databases) -> Iterator[Ledger]:
    urls = {
        service: database.engine.url.render_as_string(hide_password=False)
        for service, database in platform_databases.items()
    }
    ledger = Ledger(urls)
    yield ledger
    ledger.close()


def run_timer(database: Database[Any], *, did: int, began: timedelta = timedelta(seconds=1)) -> None:
    """Note a run of a timer that began so long from now."""
    upsert = text("""
        INSERT INTO timers (name, ran_at, business_now, did) VALUES ('allocate', clock_timestamp() + :began, now(), :did)
        ON CONFLICT (name) DO UPDATE SET ran_at = excluded.ran_at, did = excluded.did
    """)
    with database.engine.begin() as connection:
        connection.execute(upsert, {"began": began, "did": did})


def test_an_untouched_platform_is_settled(ledger: Ledger) -> None:
    assert ledger.page().is_settled
    assert ledger.settled()


def test_an_event_that_took_effect_everywhere_is_settled(ledger: Ledger, platform_databases: Databases) -> None:
    with platform_databases["registration"].engine.begin() as connection:
        event = publish(connection)

    take_effect(platform_databases, *event)

    page = ledger.page()
    assert ledger.settled()
    assert page.total("published") == page.total("applied") >= 1


def test_a_published_event_that_is_nowhere_is_missing(ledger: Ledger, platform_databases: Databases) -> None:
    with platform_databases["registration"].engine.begin() as connection:
        publish(connection)

    page = ledger.page()

    assert page.total("missing") == page.total("published") >= 1
    assert page.total("pending") == 0
    assert not ledger.settled()


def test_an_event_that_waits_for_its_relay_is_pending(ledger: Ledger, platform_databases: Databases) -> None:
    with platform_databases["registration"].engine.begin() as connection:
        publish(connection, published=False)

    page = ledger.page()

    assert page.total("pending") >= 1
    assert page.total("missing") == 0
    assert not ledger.settled()


def test_a_parked_event_is_accounted_for(ledger: Ledger, platform_databases: Databases) -> None:
    with platform_databases["registration"].engine.begin() as connection:
        event = publish(connection)
    for service in SERVICES:
        park(platform_databases[service], *event)

    page = ledger.page()

    assert page.is_settled
    assert page.total("parked") >= 1
    assert page.total("applied") == 0


def test_a_position_that_becomes_visible_late_is_not_overlooked(ledger: Ledger, platform_databases: Databases) -> None:
    engine = platform_databases["registration"].engine
    with engine.connect() as slow, slow.begin():
        _, early = publish(slow)
        with engine.begin() as quick:
            later_id, later = publish(quick)
        take_effect(platform_databases, later_id, later)
        assert early < later
        assert ledger.settled()

    assert not ledger.settled()
    assert ledger.page().total("missing") >= 1


def test_a_transaction_beyond_the_last_that_ended_is_not_overlooked(
    ledger: Ledger, platform_databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A snapshot knows of nothing beyond the last that has ended: the id of the late one is the snapshot's `xmax`.

    What takes effect does so beforehand, for its transactions would be the last that ended.
    """
    monkeypatch.setattr(horizon, "REST_SECONDS", 0)
    engine = platform_databases["registration"].engine
    with engine.begin() as connection:
        event_id, before = publish(connection)
    take_effect(platform_databases, event_id, before)
    take_effect(platform_databases, str(uuid.uuid4()), before + 2)
    with engine.connect() as late, late.begin():
        with engine.begin() as early:
            early.execute(text("SELECT pg_current_xact_id()"))
            assert publish(late)[1] == before + 1
            assert publish(early)[1] == before + 2
        for _ in range(3):
            assert ledger.settled()

    assert not ledger.settled()
    assert ledger.page().total("missing") >= 1


def test_a_timer_has_to_look_once_more_after_the_last_event(ledger: Ledger, platform_databases: Databases) -> None:
    run_timer(platform_databases["scheduling"], did=0, began=timedelta(seconds=-1))
    assert not ledger.settled()

    run_timer(platform_databases["scheduling"], did=0)

    assert ledger.settled()


def test_whoever_was_asked_to_look_has_to_have_answered(
    ledger: Ledger, platform_databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the answer comes later, in the middle of what is done once all has settled."""
    in_an_hour = queries.ASK_TIMERS.replace("clock_timestamp()", "clock_timestamp() + interval '1 hour'")
    monkeypatch.setattr(queries, "ASK_TIMERS", in_an_hour)
    run_timer(platform_databases["scheduling"], did=0, began=timedelta(seconds=-1))
    assert not ledger.settled()

    run_timer(platform_databases["scheduling"], did=0)
    assert not ledger.settled()
    run_timer(platform_databases["scheduling"], did=0, began=timedelta(hours=2))
    assert ledger.settled()


def test_a_timer_that_found_work_is_waited_for(ledger: Ledger, platform_databases: Databases) -> None:
    run_timer(platform_databases["scheduling"], did=3)

    assert not ledger.settled()


def test_what_lies_beyond_one_look_is_looked_at_too(
    ledger: Ledger, platform_databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when only some of the services are asked about, which by themselves prove nothing for good."""
    monkeypatch.setattr(horizon, "REST_SECONDS", 0)
    monkeypatch.setattr(settling, "SPAN", 2)
    for _ in range(7):
        with platform_databases["registration"].engine.begin() as connection:
            event = publish(connection)
        take_effect(platform_databases, *event)

    ledger.wait_until_settled(patience=10, among=("registration", "reporting"))


def test_what_settled_pages_have_compared_is_not_compared_again(
    ledger: Ledger, platform_databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of millions of events, two seconds for each fifty thousand."""
    monkeypatch.setattr(settling, "SPAN", 2)
    with platform_databases["registration"].engine.begin() as connection:
        events = [publish(connection) for _ in range(30)]
    for event in events:
        take_effect(platform_databases, *event)
    with pytest.raises(NotSettledError, match="wait longer"):
        ledger.wait_until_settled(patience=1)

    for service in SERVICES:
        with platform_databases[service].engine.begin() as connection:
            connection.execute(SETTLED_PAGE, {"last": events[-1][1]})
    ledger.trust_pages().wait_until_settled(patience=1)


def test_a_round_without_work_ends_the_wait_for_it(platform_databases: Databases) -> None:
    database = platform_databases["scheduling"]
    connections = Connections({"scheduling": database.engine.url.render_as_string(hide_password=False)}, queries.WATCH)
    connections.wait(["scheduling"], 0)
    began = time.monotonic()

    run_round(database, [])
    connections.wait(["scheduling"], 60)

    connections.close()
    assert time.monotonic() - began < 30


def test_waiting_in_vain_says_for_what(ledger: Ledger, platform_databases: Databases) -> None:
    with platform_databases["registration"].engine.begin() as connection:
        publish(connection)

    with pytest.raises(NotSettledError, match=r"registration to .* missing"):
        ledger.wait_until_settled(patience=0.1)
