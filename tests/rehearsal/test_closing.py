"""The end of a rehearsal, looked at on a platform that runs."""

from urllib.parse import urlsplit

import pytest

from operations.ledger import Ledger
from operations.local.stack import Stack
from operations.rehearsal.closing import OPERATOR, sign_in_link, summarise
from operations.rehearsal.phases import Phases
from operations.rehearsal.play.platform import Platform
from operations.rehearsal.report import faults
from operations.rehearsal.settings import RehearsalSettings
from operations.rehearsal.world.everything import make_world
from tests.rehearsal.builders import PROGRAMMES, SWEDISH

SETTINGS = RehearsalSettings(SWEDISH, organisations=1, seed=1, stay=False, programmes_folder=PROGRAMMES, kills=())


@pytest.fixture
def rehearsed(platform: Stack) -> Platform:
    """The platform as a rehearsal speaks to it."""
    return Platform(platform.public_url, platform.operator_key)


def test_who_takes_part_and_is_not_there_is_a_fault(platform: Stack, rehearsed: Platform) -> None:
    """A programme whose register nobody imported."""
    world = make_world(PROGRAMMES, SWEDISH, 1, seed=1)
    country, programme = world.country, world.programme
    rehearsed.put_csv(f"/registration/api/municipalities/{country.code}", country.municipalities_csv)
    rehearsed.apply_programme(programme.programme_id, programme.text)
    ledger = Ledger(platform.database_urls)
    ledger.wait_until_settled()
    asked = rehearsed.requests

    summary, breaches = summarise(
        SETTINGS, world, platform.database_urls, ledger, rehearsed, [], ["web (pid 7) on day 1"], Phases()
    )

    ledger.close()
    assert (summary.programme, summary.seed, summary.organisations) == (SWEDISH, 1, 0)
    assert summary.requests == asked > 0
    assert summary.killed == ["web (pid 7) on day 1"]
    assert summary.seconds_by_phase.keys() == {"checking"}
    assert summary.events_owed >= summary.events_applied > 0
    assert summary.broken_rules == [breach.rule for breach in breaches]
    assert "The states of all cases sum to the organisations." in summary.broken_rules
    assert summary.rules_checked > len(breaches)
    assert any("sum to the organisations" in fault for fault in faults(summary, breaches))


def test_an_operator_is_let_in_by_a_new_link_each_time_and_is_one_person(rehearsed: Platform) -> None:
    first, second = sign_in_link(rehearsed), sign_in_link(rehearsed)

    people = rehearsed.office.get("/registration/api/staff")["items"]
    assert first != second
    assert [person["role"] for person in people if person["email"] == OPERATOR["email"]] == ["operator"]
    assert rehearsed.people.call("GET", urlsplit(second).path).status < 400
