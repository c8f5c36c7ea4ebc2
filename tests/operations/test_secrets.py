"""Secrets are complete, new each time, and for their owner's eyes."""

import hashlib
import re
import stat
from pathlib import Path

from operations.command.secrets import new_environment
from operations.local.secrets import keep_private, secret_in

COMPOSE = Path(__file__).parents[2] / "docker-compose.yml"


def values(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if not line.startswith("#"))


def test_everything_that_compose_asks_for_is_made() -> None:
    asked_for = set(re.findall(r"\$\{(\w+):\?", COMPOSE.read_text()))

    made = values(new_environment("http://localhost:8000"))

    assert asked_for <= set(made)
    assert all(made.values())


def test_compose_gives_no_secret_a_default() -> None:
    with_default = set(re.findall(r"\$\{(\w+):-", COMPOSE.read_text()))

    assert not {name for name in with_default if re.search("PASSWORD|SECRET|KEY|TOKEN", name)}


def test_two_deployments_share_no_secret() -> None:
    first, second = (values(new_environment("http://localhost:8000")) for _ in range(2))

    assert {name for name in first if first[name] == second[name]} == {"FRIST_PUBLIC_URL"}


def test_the_operator_key_fits_its_hash() -> None:
    made = values(new_environment("http://localhost:8000"))

    assert hashlib.sha256(made["FRIST_OPERATOR_KEY"].encode()).hexdigest() == made["FRIST_OPERATOR_KEY_HASH"]


def test_a_kept_secret_stays_and_is_private(tmp_path: Path) -> None:
    first = secret_in(tmp_path / "deep" / "secret")

    assert secret_in(tmp_path / "deep" / "secret") == first
    assert stat.S_IMODE((tmp_path / "deep" / "secret").stat().st_mode) == 0o600


def test_a_private_file_was_never_open_to_others(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)

    keep_private(path, "new")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == "new"
