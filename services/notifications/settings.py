"""What notifications reads from the environment: where mail, SMS and letters go."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Self
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from messaging.errors import SettingMissingError

_SMTP_PORT = 25


@dataclass(frozen=True)
class SmtpServer:
    """Where mail goes. `tls` is `""`, `starttls` or `tls` (from the first byte)."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: str

    @classmethod
    def from_url(cls, url: str) -> Self:
        """From `smtp://user:password@host:port/?tls=starttls`."""
        parts = urlsplit(url)
        tls = "tls" if parts.scheme == "smtps" else parse_qs(parts.query).get("tls", [""])[0]
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or tls not in {"", "starttls", "tls"}:
            raise SettingMissingError("FRIST_SMTP_URL", "write it as smtp://user:password@host:587/?tls=starttls")
        return cls(parts.hostname, parts.port or _SMTP_PORT, _part(parts, "username"), _part(parts, "password"), tls)


@dataclass(frozen=True)
class NotificationsSettings:
    """Read once, when the first message is sent. `sms_url` None: nothing is sent by SMS.

    Each lane of each worker keeps up to `connections` to the mail server and as many to the gateway.
    """

    smtp_url: str
    mail_from: str
    sms_url: str | None
    sms_token: str
    sms_sender: str
    letters_folder: Path
    public_url: str
    link_key: str
    timeout_seconds: float = 10.0
    connections: int = 4

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """The settings of the sender; raises `SettingMissingError` naming what is not there."""
        env = os.environ if environ is None else environ
        return cls(
            smtp_url=_needed(
                env, "FRIST_SMTP_URL", "give the mail server, as smtp://user:password@host:587/?tls=starttls"
            ),
            mail_from=parseaddr(_needed(env, "FRIST_MAIL_FROM", "give the sender's address, as frist@example.org"))[1],
            sms_url=env.get("FRIST_SMS_URL") or None,
            sms_token=env.get("FRIST_SMS_TOKEN", ""),
            sms_sender=env.get("FRIST_SMS_SENDER", "Frist"),
            letters_folder=letters_folder(env),
            public_url=env.get("FRIST_PUBLIC_URL", "http://localhost:8000").rstrip("/"),
            link_key=_needed(env, "FRIST_LINK_KEY", "it is the same in all services"),
            timeout_seconds=float(env.get("FRIST_SEND_TIMEOUT_SECONDS", "10")),
            connections=_count(env, "FRIST_SEND_CONNECTIONS", 4),
        )


def letters_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where letter batches lie, for the worker that writes and the pages that hand them out."""
    env = os.environ if environ is None else environ
    return Path(env.get("FRIST_LETTERS_FOLDER", ".frist/letters"))


def sms_token(environ: Mapping[str, str] | None = None) -> str:
    """The secret shared with the SMS gateway; empty when there is none."""
    env = os.environ if environ is None else environ
    return env.get("FRIST_SMS_TOKEN", "")


def public_links(environ: Mapping[str, str] | None = None) -> tuple[str, str]:
    """The link key and the public address, for the pages that show a text as it will look."""
    env = os.environ if environ is None else environ
    return env.get("FRIST_LINK_KEY", ""), env.get("FRIST_PUBLIC_URL", "http://localhost:8000")


def _part(parts: SplitResult, name: str) -> str | None:
    value = getattr(parts, name)
    return unquote(value) if value else None


def _count(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdecimal() or int(text) < 1:
        raise SettingMissingError(name, "give a whole number from 1 on")
    return int(text)


def _needed(environ: Mapping[str, str], name: str, remedy: str) -> str:
    value = environ.get(name)
    if not value:
        raise SettingMissingError(name, remedy)
    return value
