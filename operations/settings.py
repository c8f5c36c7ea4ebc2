"""What the environment says about running the platform; nothing else in `operations` reads it."""

import os
from pathlib import Path

from messaging.environment import whole
from messaging.errors import SettingUnusableError

_HIGHEST_PORT = 65_535


def folder() -> Path:
    """Where a local stack keeps its data, secrets and logs: `FRIST_FOLDER`, else `.frist` here."""
    return Path(os.environ.get("FRIST_FOLDER", ".frist")).resolve()


def database_url() -> str | None:
    """A PostgreSQL server where we may create databases and users: `FRIST_DATABASE_URL`."""
    return os.environ.get("FRIST_DATABASE_URL") or None


def amqp_url() -> str | None:
    """A RabbitMQ that is already running: `FRIST_AMQP_URL`."""
    return os.environ.get("FRIST_AMQP_URL") or None


def amqp_management_url() -> str | None:
    """The HTTP pages of that RabbitMQ, when they are not on port 15672 of its host: `FRIST_AMQP_MANAGEMENT_URL`."""
    return os.environ.get("FRIST_AMQP_MANAGEMENT_URL") or None


def told() -> dict[str, str]:
    """Every `FRIST_…` that is set, for a command that speaks to a running platform."""
    return {name: value for name, value in os.environ.items() if name.startswith("FRIST_") and value}


def sms_token() -> str | None:
    """What the local SMS gateway is to be told by who uses it: `FRIST_SMS_TOKEN`; no argument, which all can read in `ps`."""
    return os.environ.get("FRIST_SMS_TOKEN") or None


def port() -> int:
    """The port of the local stack's pages: `FRIST_PORT`, else 8000, 0 for a free one; raises `SettingUnusableError`."""
    number = whole(os.environ, "FRIST_PORT", 8000)
    if number > _HIGHEST_PORT:
        raise SettingUnusableError("FRIST_PORT", f"no port is above {_HIGHEST_PORT}")
    return number


def inherited() -> dict[str, str]:
    """The environment that every process of the platform starts from."""
    return dict(os.environ)
