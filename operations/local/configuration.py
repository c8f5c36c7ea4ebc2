"""What every process of a local stack is told: addresses, secrets, the clock."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from operations import settings
from operations.local.secrets import keep_private, secret_in
from operations.services import SERVICES


@dataclass(frozen=True)
class Wishes:
    """How a stack is to run. `tick_seconds` overrides the interval of every timer; port 0 takes a free one.

    `fresh`: begin with empty databases and queues of `prefix`'s own, for a rehearsal whose data is made up: its commits
    do not wait for the disk. What others keep on the same servers stays.
    """

    port: int = 8000
    clock: str = "system"
    tick_seconds: float | None = None
    web_processes: int = 2
    catcher: bool = True
    prefix: str = "frist"
    fresh: bool = False


def passwords(folder: Path) -> dict[str, str]:
    """The database password of each service, made once."""
    return {service: secret_in(folder / "secrets" / f"{service}-database") for service in SERVICES}


def operator_key(folder: Path) -> str:
    """The API key with all scopes that the `frist` command uses; made once."""
    path = folder / "secrets" / "operator-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        keep_private(path, f"frist_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}")
    return path.read_text().strip()


def environment(folder: Path, wishes: Wishes, public_url: str, databases: dict[str, str]) -> dict[str, str]:
    """The environment of the stack's processes, but for the broker; what the caller has set for the services stays."""
    key = operator_key(folder)
    told = {
        "FRIST_SECRET_KEY": secret_in(folder / "secrets" / "secret-key"),
        "FRIST_LINK_KEY": secret_in(folder / "secrets" / "link-key"),
        "FRIST_OPERATOR_KEY_HASH": hashlib.sha256(key.encode()).hexdigest(),
        "FRIST_PUBLIC_URL": public_url,
        "FRIST_CLOCK": wishes.clock,
        "PYTHONUNBUFFERED": "1",
    } | {f"FRIST_{service.upper()}_DATABASE_URL": url for service, url in databases.items()}
    if wishes.tick_seconds is not None:
        told["FRIST_TICK_SECONDS"] = str(wishes.tick_seconds)
    return settings.inherited() | told


def remember(folder: Path, environment_of_stack: dict[str, str], management_url: str) -> None:
    """Keep what the `frist` command needs to find the stack from another terminal."""
    known = {name: value for name, value in environment_of_stack.items() if name.startswith("FRIST_")}
    known |= {"FRIST_AMQP_MANAGEMENT_URL": management_url, "FRIST_OPERATOR_KEY": operator_key(folder)}
    keep_private(folder / "stack.json", json.dumps(known, indent=1) + "\n")
