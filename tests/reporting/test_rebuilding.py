"""During a rebuild nobody takes incomplete numbers for the truth, and nobody is asked again how it went."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from frist_contracts import CaseErased
from messaging.database import Database
from operations.services import SERVICES, emptier_of
from services.reporting.handlers.rebuilding import NumbersIncomplete
from services.reporting.handlers.reports import freeze_report
from tests.reporting import world
from tests.reporting.test_summary import a_country, told

NOTICE = {
    "da": "Disse tal er ikke fuldstændige endnu",
    "sv": "De här talen är inte fullständiga ännu",
    "en": "These numbers are not complete yet",
}
SUMMARY = f"/reporting/api/programmes/{world.PROGRAMME}"


@pytest.fixture
def recounted(database: Database[Any]) -> Database[Any]:
    """A country whose rebuild has begun."""
    told(database, a_country(per_municipality=30))
    with database.begin() as uow:
        uow.connection.execute(text("INSERT INTO rebuilds (asked, goals, started_by) VALUES (9, '{}', 'a test')"))
    return database


@pytest.mark.parametrize("language", NOTICE)
@pytest.mark.parametrize("address", ["/dashboard", "/municipalities/dk-0101", "/money", "/reports"])
def test_pages_say_that_their_numbers_are_not_complete(
    operator: FlaskClient, recounted: Database[Any], address: str, language: str
) -> None:
    during = operator.get(f"/reporting{address}?language={language}").text
    with recounted.begin() as uow:
        uow.connection.execute(text("UPDATE rebuilds SET finished_at = now()"))
    afterwards = operator.get(f"/reporting{address}?language={language}").text

    assert NOTICE[language] in during
    assert NOTICE[language] not in afterwards


@pytest.mark.parametrize("numbers", ["summary", "municipalities", "states.csv", "subsidies?municipality=dk-0101"])
def test_programs_are_told_to_come_back(operator: FlaskClient, recounted: Database[Any], numbers: str) -> None:
    answer = operator.get(f"{SUMMARY}/{numbers}")

    assert answer.status_code == 503
    assert answer.get_json()["type"] == "/problems/numbers_incomplete"
    assert int(answer.headers["Retry-After"]) > 0


def test_no_report_is_frozen(recounted: Database[Any]) -> None:
    with recounted.begin() as uow, pytest.raises(NumbersIncomplete):
        freeze_report(world.PROGRAMME, "staff-1", uow)


def test_whoever_was_not_asked_before_is_not_asked_because_of_a_rebuild(uow: Any) -> None:
    erased, came = CaseErased(**world.about("case-1", 9), state="withdrawn"), world.attended("case-1")
    world.apply(uow, [erased])
    world.apply(uow, [came])

    uow.projections.empty()
    world.apply(uow, [came])
    world.apply(uow, [erased])

    assert uow.outbox.added == []


def test_only_reporting_declares_that_it_is_made_of_events() -> None:
    assert [service for service in SERVICES if emptier_of(service)] == ["reporting"]
