"""What every service brings along: health, document, clock, access log, settings and tables."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from flask.testing import FlaskClient
from sqlalchemy import inspect
from werkzeug.test import Client

from messaging.database import Database
from messaging.errors import SettingError, SettingMissingError
from messaging.unit_of_work import UnitOfWork
from tests.web.conftest import a_key, make_library, some_settings
from web import migrations
from web.access_log import accesses_of, log_access
from web.front import front_page_app
from web.navigation import local_path
from web.origin import Origin
from web.settings import WebSettings

if TYPE_CHECKING:
    from tests.support.databases import Databases


def test_a_service_is_ready_while_its_database_answers(client: FlaskClient) -> None:
    assert client.get("/library/health/live").status_code == 200
    assert client.get("/library/health/ready").status_code == 200


def test_a_service_without_its_database_lives_but_is_not_ready() -> None:
    away = Database("library", "postgresql://nobody@127.0.0.1:1/none", UnitOfWork)
    client = make_library(away).test_client()

    assert client.get("/library/health/live").status_code == 200
    assert client.get("/library/health/ready").status_code == 503


def test_the_document_tells_who_may_call_what(client: FlaskClient) -> None:
    document = client.get("/library/api/openapi.json").json

    assert document is not None
    assert document["openapi"] == "3.1.0"
    paths = document["paths"]
    assert paths["/library/api/staff-only"]["get"]["security"] == [
        {"key": ["books:write"]},
        {"staff": ["lead", "operator"]},
    ]
    assert paths["/library/api/books"]["post"]["security"] == []
    names = [parameter["name"] for parameter in paths["/library/api/books"]["post"]["parameters"]]
    assert names == ["Idempotency-Key"]
    assert "application/problem+json" in document["components"]["responses"]["DEFAULT_ERROR"]["content"]


def test_a_rehearsal_moves_the_business_time(client: FlaskClient, database: Database[UnitOfWork]) -> None:
    answer = client.put(
        "/library/api/clock", json={"now": "2013-09-01T10:00:00+02:00"}, headers=a_key(database, "clock")
    )

    with database.begin() as uow:
        assert uow.now == datetime(2013, 9, 1, 8, tzinfo=UTC)
    assert answer.status_code == 200


def test_the_clock_needs_its_own_scope_and_an_aware_time(client: FlaskClient, database: Database[UnitOfWork]) -> None:
    path, moment = "/library/api/clock", {"now": "2013-09-01T10:00:00+02:00"}

    assert client.put(path, json=moment).status_code == 401
    assert client.put(path, json=moment, headers=a_key(database, name="other")).status_code == 403
    assert client.put(path, json={"now": "2013-09-01T10:00"}, headers=a_key(database, "clock")).status_code == 422


def test_where_time_is_real_nobody_can_move_it(database: Database[UnitOfWork]) -> None:
    client = make_library(database, clock="system").test_client()

    assert client.put("/library/api/clock", json={}, headers=a_key(database, "clock")).status_code == 404


def test_reads_of_personal_data_are_kept_with_who_and_when(
    client: FlaskClient, operator: FlaskClient, database: Database[UnitOfWork]
) -> None:
    client.get("/library/api/case/some-token")
    operator.get("/library/api/case/some-token")

    with database.engine.connect() as connection:
        staff, organisation = accesses_of(connection, "case:case-1")
    assert (staff.actor_kind, staff.actor_id, staff.role) == ("staff", "s-1", "operator")
    assert (organisation.actor_kind, organisation.actor_id, organisation.action) == ("organisation", "case-1", "read")
    assert organisation.request_id


def test_an_access_without_a_known_action_is_a_fault(database: Database[UnitOfWork]) -> None:
    with database.begin() as uow, pytest.raises(ValueError, match="peek"):
        log_access(uow, action="peek", subject="case:1")


def test_settings_name_what_is_missing_and_how_to_make_it() -> None:
    with pytest.raises(SettingMissingError, match=r"FRIST_SECRET_KEY.*token_urlsafe"):
        WebSettings.load({})
    with pytest.raises(SettingError, match=r"FRIST_LINK_KEY.*shorter than 32"):
        WebSettings.load({"FRIST_SECRET_KEY": "s" * 32, "FRIST_LINK_KEY": "short"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FRIST_CLOCK", "sundial"),
        ("FRIST_OPERATOR_KEY_HASH", "my-key"),
        ("FRIST_OPEN_POSTS_PER_MINUTE", "many"),
        ("FRIST_PROXIES", "-1"),
        ("FRIST_PUBLIC_URL", "hjaelp.example.dk"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(name: str, value: str) -> None:
    secrets = {"FRIST_SECRET_KEY": "s" * 32, "FRIST_LINK_KEY": "l" * 32}

    assert WebSettings.load(secrets).open_posts_per_minute == 30
    with pytest.raises(SettingError, match=f"{name} cannot be used"):
        WebSettings.load({**secrets, name: value})


@pytest.mark.parametrize(
    "elsewhere",
    [
        None,
        "",
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r//evil.example",
        "/x\r\nSet-Cookie: a=b",
        "\t//evil.example",
        " //evil.example",
        "evil",
    ],
)
def test_nobody_is_led_to_another_site_after_signing_in(elsewhere: str | None) -> None:
    assert local_path(elsewhere, "/scheduling/day") == "/scheduling/day"
    assert local_path("/reporting/dashboard?x=1") == "/reporting/dashboard?x=1"


def test_the_tables_come_and_go(databases: "Databases") -> None:
    database = Database("library", databases.empty(), UnitOfWork)
    with database.engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))

        migrations.upgrade_0001(operations)
        assert set(inspect(connection).get_table_names()) == {
            "access_log",
            "api_keys",
            "idempotency_keys",
            "staff_sessions",
        }

        migrations.downgrade_0001(operations)
        assert inspect(connection).get_table_names() == []
    database.dispose()


@pytest.mark.parametrize("path", ["/", "/accessibility", "/privacy", "/problems/seat_taken"])
@pytest.mark.parametrize("language", ["da", "sv", "en"])
def test_the_front_pages_answer_in_every_language(path: str, language: str) -> None:
    answer = front_page_app(some_settings()).test_client().get(path, query_string={"language": language})

    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text


def test_one_origin_leads_to_the_service_its_path_begins_with(database: Database[UnitOfWork]) -> None:
    origin = Origin(front_page_app(some_settings()), {"library": make_library(database)})
    client = Client(origin)

    assert client.get("/library/health/live").text == "alive\n"
    assert client.get("/?language=en").status_code == 200
    assert client.get("/elsewhere").status_code == 404
