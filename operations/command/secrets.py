"""`frist secrets`: makes the secrets of a deployment; none has a default."""

import hashlib
import secrets as random
from pathlib import Path

import typer

from operations.command.output import console, fail
from operations.local.secrets import keep_private
from operations.services import SERVICES
from web.settings import public_url as address_of


def secrets(
    output: Path | None = typer.Option(
        None, help="Write to this file, readable by its owner only, instead of printing."
    ),
    public_url: str = typer.Option("http://localhost:8000", help="The address people will type."),
) -> None:
    """Make every secret that docker-compose.yml asks for, as a .env file."""
    text = new_environment(address_of({"FRIST_PUBLIC_URL": public_url}))
    if output is None:
        print(text, end="")
        return
    if output.exists():
        fail(
            f"{output} exists and is kept: its passwords are those of the databases, and its link key that of every link sent. "
            "To change the address edit FRIST_PUBLIC_URL in it."
        )
    try:
        keep_private(output, text)
    except OSError as error:
        fail(
            f"{output} cannot be written: {error.strerror}. Name a file in a folder that is there and is yours to write in."
        )
    console.print(f"{output} is made. Next: docker compose up --build")


def new_environment(public_url: str) -> str:
    """A complete set of settings with new secrets, a line for each."""
    key = f"frist_{random.token_hex(4)}_{random.token_urlsafe(32)}"
    values = {
        "FRIST_PUBLIC_URL": public_url,
        "FRIST_SECRET_KEY": random.token_urlsafe(48),
        "FRIST_LINK_KEY": random.token_urlsafe(48),
        "FRIST_OPERATOR_KEY": key,
        "FRIST_OPERATOR_KEY_HASH": hashlib.sha256(key.encode()).hexdigest(),
        "FRIST_SMS_TOKEN": random.token_urlsafe(24),
        "POSTGRES_PASSWORD": random.token_hex(24),
        "RABBITMQ_ADMIN_PASSWORD": random.token_hex(24),
        "RABBITMQ_COOKIE": random.token_hex(24),
    }
    for service in SERVICES:
        values[f"{service.upper()}_DATABASE_PASSWORD"] = random.token_hex(24)
        values[f"{service.upper()}_BROKER_PASSWORD"] = random.token_hex(24)
    lines = [f"{name}={value}" for name, value in values.items()]
    return "\n".join(["# Secrets of one deployment, made by `frist secrets`. Never commit this file.", *lines]) + "\n"
