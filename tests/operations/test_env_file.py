"""`frist secrets --output .env` (`make .env`) as somebody runs it: what compose is given by it, and who may read it."""

import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from messaging.settings import MessagingSettings
from operations.connection import Platform
from operations.services import SERVICES
from services.notifications.settings import NotificationsSettings
from tests.operations.as_processes import frist
from web.settings import WebSettings

ROOT = Path(__file__).parents[2]
COMPOSE = ("docker-compose.yml", "deploy/compose.cluster.yml")
REFERENCE = re.compile(r"\$\{(\w+)(?::?([-?])([^}]*))?\}")
"""`${NAME:?message}`, `${NAME:-default}`, and without the colon."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new `.env`."""
    path = tmp_path_factory.mktemp("deployment") / ".env"
    done = frist("secrets", "--output", str(path), "--public-url", "https://hjaelp.example.dk/", folder=path.parent)
    assert done.returncode == 0, done.stderr
    assert f"{path} is made" in done.stdout
    return path


def values(path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if not line.startswith("#"))


def environment_of(container: str, known: Mapping[str, str], name: str = COMPOSE[0]) -> dict[str, str]:
    """What compose tells a container."""
    told: dict[str, Any] = yaml.safe_load((ROOT / name).read_text())["services"][container]["environment"]
    return {
        name: REFERENCE.sub(lambda found: known.get(found[1]) or found[3], str(said)) for name, said in told.items()
    }


def test_it_holds_what_compose_asks_for_and_nothing_that_it_does_not(file: Path) -> None:
    references = [found for name in COMPOSE for found in REFERENCE.findall((ROOT / name).read_text())]

    made = values(file)

    assert {name for name, way, _ in references if way != "-"} <= made.keys()
    assert made.keys() <= {name for name, _, _ in references}
    assert all(made.values())


def test_only_its_owner_may_read_it(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_one_that_is_there_is_kept(file: Path) -> None:
    kept = file.read_bytes()

    again = frist("secrets", "--output", str(file), folder=file.parent)

    assert again.returncode == 1
    assert f"{file} exists and is kept" in again.stderr
    assert "edit FRIST_PUBLIC_URL" in again.stderr
    assert "Remove" not in again.stderr
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (kept, 0o600)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("compose", COMPOSE)
def test_each_process_can_work_with_what_compose_makes_of_it(file: Path, service: str, compose: str) -> None:
    made = values(file)
    told = {kind: environment_of(f"{service}-{kind}", made) for kind in ("web", "worker", "relay")}
    nodes = {kind: environment_of(f"{service}-{kind}", made, compose)["FRIST_AMQP_URL"] for kind in ("worker", "relay")}

    web = WebSettings.load(told["web"])
    loaded = [MessagingSettings.load(service, told[kind] | {"FRIST_AMQP_URL": url}) for kind, url in nodes.items()]

    assert (web.public_url, web.is_https) == ("https://hjaelp.example.dk", True)
    assert web.operator_key_hash == made["FRIST_OPERATOR_KEY_HASH"]
    for each in loaded:
        assert f":{made[f'{service.upper()}_DATABASE_PASSWORD']}@postgres/" in each.database_url
        assert f":{made[f'{service.upper()}_BROKER_PASSWORD']}@rabbitmq:" in each.amqp_url
    assert len({web.secret_key, web.link_key, made["FRIST_SMS_TOKEN"]}) == 3


def test_what_sends_can_work_with_it_and_the_catcher_knows_its_token(file: Path) -> None:
    sender = NotificationsSettings.load(environment_of("notifications-worker", values(file)))

    assert sender.sms_token == environment_of("catcher", values(file))["FRIST_SMS_TOKEN"]
    assert sender.links.public_url == "https://hjaelp.example.dk"


def test_the_command_in_a_container_finds_the_platform_by_it(file: Path) -> None:
    platform = Platform(environment_of("frist", values(file)))

    assert platform.operator_key == values(file)["FRIST_OPERATOR_KEY"]
    assert set(platform.database_urls) == set(SERVICES)


@pytest.mark.parametrize(
    "address", ["hjaelp.example.dk", "https://hjaelp.example.dk\nFRIST_SECRET_KEY=known"], ids=repr
)
def test_an_address_that_no_service_would_start_with_is_refused(tmp_path: Path, address: str) -> None:
    done = frist("secrets", "--output", str(tmp_path / ".env"), "--public-url", address, folder=tmp_path)

    assert done.returncode == 1
    assert "FRIST_PUBLIC_URL cannot be used: give the address" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    done = frist("secrets", "--output", str(tmp_path / "nowhere" / ".env"), folder=tmp_path)

    assert done.returncode == 1
    assert "cannot be written: No such file or directory" in done.stderr
    assert "Traceback" not in done.stderr
