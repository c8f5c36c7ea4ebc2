"""The command against a platform that runs."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from messaging.settings import sqlalchemy_url
from operations.command import app
from operations.connection import Platform
from operations.errors import RequestError
from operations.local.stack import Stack
from operations.register_import import send_register
from operations.services import SERVICES
from tests.support.waiting import eventually

Frist = Callable[..., str]
PROGRAMME = Path(__file__).parents[2] / "programmes" / "dk-digital-post-2013.yaml"


@pytest.fixture
def frist(platform: Stack, monkeypatch: pytest.MonkeyPatch) -> Frist:
    """Runs the command in this process, as from another terminal beside the platform's folder; gives what it printed."""
    monkeypatch.setenv("FRIST_FOLDER", str(platform.folder))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, list(arguments))
        assert done.exit_code == code, done.output + repr(done.exception)
        return done.output

    return run


@pytest.fixture
def parked_number(platform: Stack) -> int:
    """A message that scheduling could not read."""
    engine = create_engine(sqlalchemy_url(platform.database_urls["scheduling"]))
    park = text("""
        INSERT INTO parked (lane, body, reason, detail, attempts)
        VALUES ('bulk', CAST('not an event ' || gen_random_uuid() AS bytea), 'unreadable', 'told in full', 1)
        RETURNING parked_id
    """)
    with engine.begin() as connection:
        number: int = connection.execute(park).scalar_one()
    engine.dispose()
    return number


def test_status_shows_every_part(frist: Frist) -> None:
    seen = json.loads(frist("status", "--json"))

    assert [row["service"] for row in seen["services"] if row["ready"]] == list(SERVICES)
    assert {row["name"] for row in seen["processes"]} >= {"web", "scheduling-worker", "reporting-relay"}
    assert {(row["service"], row["lane"]) for row in seen["queues"]} == {
        (service, lane) for service in SERVICES for lane in ("urgent", "bulk")
    }
    assert [row["service"] for row in seen["outboxes"]] == list(SERVICES)


def test_status_shows_that_queues_are_consumed_and_outboxes_published(frist: Frist) -> None:
    """A moment later than now: the broker counts every few seconds, and relays give way to a web that is being asked."""

    def is_at_rest() -> bool:
        seen = json.loads(frist("status", "--json"))
        return all(row["consumers"] for row in seen["queues"]) and not any(
            row["unpublished"] for row in seen["outboxes"]
        )

    eventually(is_at_rest, "every queue is consumed and every outbox published", seconds=60)


def test_status_for_people_is_tables(frist: Frist) -> None:
    assert "scheduling-worker" in frist("status")


def test_a_killed_worker_comes_back_and_takes_its_queue_again(platform: Stack, frist: Frist) -> None:
    killed = platform.pid("reporting-worker")
    assert killed is not None

    os.kill(killed, signal.SIGKILL)

    eventually(lambda: platform.pid("reporting-worker") not in (None, killed), "a new worker")

    def consumers() -> list[int | None]:
        queues = json.loads(frist("status", "--json"))["queues"]
        return [row["consumers"] for row in queues if row["service"] == "reporting"]

    eventually(lambda: consumers() == [1, 1], "both lanes are consumed again", seconds=60)


def test_applying_a_programme_settles(frist: Frist) -> None:
    frist("programme", "apply", str(PROGRAMME))

    page = json.loads(frist("ledger", "--json", "--wait", "60"))

    assert page["settled"]
    assert page["published"] == page["applied"] > 0
    assert (page["missing"], page["pending"]) == (0, 0)


def test_the_register_is_imported_and_refusals_are_told(frist: Frist, tmp_path: Path) -> None:
    frist("programme", "apply", str(PROGRAMME))
    register = tmp_path / "register.csv"
    header = "number,kind,name,address,postcode,city,municipality"
    sound = "10213231,company,Tømrer Holm,Algade 1,1650,København V,dk-0101"
    faulty = "12345678,company,Murer Dahl,Algade 2,1650,København V,dk-0101"
    register.write_text(f"{header}\n{sound}\n{faulty}\n")

    told = frist("register", "import", str(register), "--programme", "dk-digital-post-2013", code=1)

    assert "1 refused" in told
    assert "line 3" in told


def test_a_register_that_is_refused_while_it_is_sent_is_told_why(platform: Stack, tmp_path: Path) -> None:
    """The answer comes before the file was read, and with it the end of the connection."""
    register = tmp_path / "register.csv"
    register.write_bytes(b"number,kind,name\n" * 2_000_000)

    with pytest.raises(RequestError, match=r"refused \(401\)"):
        send_register(platform.public_url, "frist_nobody_nothing", "dk-digital-post-2013", register)


def test_a_member_of_staff_gets_a_link(platform: Stack, frist: Frist) -> None:
    frist("staff", "add", "Anna Vester", "anna@frist.example")

    assert frist("staff", "sign-in-link", "anna@frist.example").startswith(
        f"{platform.public_url}/registration/sign-in/"
    )


def test_a_key_is_made_shown_once_and_revoked(frist: Frist) -> None:
    key = frist("keys", "create", "statistics", "--scope", "reports:read", "--service", "reporting").split()[-1]
    prefix = key.split("_")[1]

    assert key.startswith("frist_")
    assert prefix in frist("keys", "list", "--service", "reporting")
    assert key not in frist("keys", "list", "--service", "reporting")
    assert "revoked" in frist("keys", "revoke", prefix, "--service", "reporting")


def test_a_parked_message_is_listed_shown_and_discarded(frist: Frist, parked_number: int) -> None:
    listed = json.loads(frist("parked", "list", "--service", "scheduling", "--json"))
    masked = frist("parked", "show", "scheduling", str(parked_number))
    shown = frist("parked", "show", "scheduling", str(parked_number), "--reveal")
    frist("parked", "discard", "scheduling", str(parked_number), "--reason", "sent by a test")

    assert parked_number in [row["parked_id"] for row in listed]
    assert "not an event" in shown
    assert "not an event" not in masked
    assert "told in full" in shown
    left = json.loads(frist("parked", "list", "--service", "scheduling", "--json"))
    assert parked_number not in [row["parked_id"] for row in left]


def test_what_cannot_be_read_cannot_be_replayed(frist: Frist, parked_number: int) -> None:
    told = frist("parked", "replay", "scheduling", str(parked_number), code=1)

    assert "discard them" in told
    frist("parked", "discard", "scheduling", str(parked_number), "--reason", "sent by a test")


def test_the_platform_is_found_by_its_folder(platform: Stack, frist: Frist) -> None:
    found = Platform.find()

    assert found.public_url == platform.public_url
    assert set(found.database_urls) == set(SERVICES)
