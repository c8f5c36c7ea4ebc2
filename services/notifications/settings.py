"""What notifications reads from the environment: where mail, SMS and letters go."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Self
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from messaging.environment import like, needed, seconds, whole
from messaging.errors import SettingUnusableError
from web.settings import LinkSettings

_SMTP_PORT = 25
_SMTP_REMEDY = "give the mail server, as smtp://user:password@host:587/?tls=starttls"


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
            raise SettingUnusableError("FRIST_SMTP_URL", _SMTP_REMEDY)
        return cls(parts.hostname, _port(parts) or _SMTP_PORT, _part(parts, "username"), _part(parts, "password"), tls)


@dataclass(frozen=True)
class NotificationsSettings:
    """Read when a worker starts, so that it does not go on without. `sms_url` None: nothing is sent by SMS.

    Each lane of each worker keeps up to `connections` to the mail server and as many to the gateway.
    """

    smtp: SmtpServer
    mail_from: str
    sms_url: str | None
    sms_token: str
    sms_sender: str
    letters_folder: Path
    links: LinkSettings
    timeout_seconds: float = 10.0
    connections: int = 4

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """The settings of the sender; raises `SettingError` naming what is missing or makes no sense."""
        env = os.environ if environ is None else environ
        return cls(
            smtp=SmtpServer.from_url(needed(env, "FRIST_SMTP_URL", _SMTP_REMEDY)),
            mail_from=_sender(env),
            sms_url=like(env, "FRIST_SMS_URL", "", r"|https?://\S+", "give the gateway's address, as https://…")
            or None,
            sms_token=env.get("FRIST_SMS_TOKEN", ""),
            sms_sender=env.get("FRIST_SMS_SENDER", "Frist"),
            letters_folder=letters_folder(env),
            links=LinkSettings.load(env),
            timeout_seconds=seconds(env, "FRIST_SEND_TIMEOUT_SECONDS", 10),
            connections=whole(env, "FRIST_SEND_CONNECTIONS", 4, least=1),
        )


def letters_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where letter batches lie, for the worker that writes and the pages that hand them out."""
    env = os.environ if environ is None else environ
    return Path(env.get("FRIST_LETTERS_FOLDER", ".frist/letters"))


def sms_token(environ: Mapping[str, str] | None = None) -> str:
    """The secret shared with the SMS gateway; empty when there is none."""
    env = os.environ if environ is None else environ
    return env.get("FRIST_SMS_TOKEN", "")


def _part(parts: SplitResult, name: str) -> str | None:
    value = getattr(parts, name)
    return unquote(value) if value else None


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        raise SettingUnusableError("FRIST_SMTP_URL", _SMTP_REMEDY) from None


def _sender(environ: Mapping[str, str]) -> str:
    remedy = "give the sender's address, as frist@example.org"
    address = parseaddr(needed(environ, "FRIST_MAIL_FROM", remedy))[1]
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise SettingUnusableError("FRIST_MAIL_FROM", remedy)
    return address
