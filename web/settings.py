"""What the HTTP kernel reads from the environment; secrets have no default."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from messaging.clock import DRIVEN, SYSTEM
from messaging.errors import SettingMissingError
from messaging.settings import traces_wanted

_REMEDY = 'make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
_SHORTEST_SECRET = 32


class SettingUnusableError(SettingMissingError):
    """A setting has a value that makes no sense."""

    def __init__(self, name: str, remedy: str) -> None:
        super().__init__(name, remedy)
        self.args = (f"{name} cannot be used: {remedy}",)


@dataclass(frozen=True, kw_only=True)
class WebSettings:
    """The settings of one service's HTTP.

    `open_posts_per_minute` limits each client's writes without sign-in (0: no limit). `proxies` is how many trusted
    proxies stand before the service: so many `X-Forwarded-*` entries are believed. `max_body_bytes` is for
    requests whose view sets no limit of its own.
    """

    secret_key: str
    link_key: str
    public_url: str = "http://localhost:8000"
    clock: str = SYSTEM
    operator_key_hash: str | None = None
    open_posts_per_minute: int = 30
    proxies: int = 0
    max_body_bytes: int = 1024 * 1024
    metrics_of_many_processes: bool = False
    is_traced: bool = False

    @property
    def is_https(self) -> bool:
        """Whether people reach the service over TLS: cookies and headers are stricter then."""
        return self.public_url.startswith("https://")

    @property
    def clock_is_driven(self) -> bool:
        """Whether a rehearsal moves the business time."""
        return self.clock == DRIVEN

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read `FRIST_*`; raises `SettingMissingError` naming what is missing and how to make it."""
        env = os.environ if environ is None else environ
        return cls(
            secret_key=_secret(env, "FRIST_SECRET_KEY"),
            link_key=_secret(env, "FRIST_LINK_KEY"),
            public_url=env.get("FRIST_PUBLIC_URL", "http://localhost:8000").rstrip("/"),
            clock=_like(env, "FRIST_CLOCK", SYSTEM, f"{SYSTEM}|{DRIVEN}", "it is either 'system' or 'driven'"),
            operator_key_hash=_like(
                env, "FRIST_OPERATOR_KEY_HASH", "", "|[0-9a-f]{64}", "it is a SHA-256 in hexadecimal"
            )
            or None,
            open_posts_per_minute=int(
                _like(env, "FRIST_OPEN_POSTS_PER_MINUTE", "30", r"\d+", "it is a whole number; 0: no limit")
            ),
            proxies=int(_like(env, "FRIST_PROXIES", "0", r"\d", "it is how many proxies stand before the service")),
            metrics_of_many_processes="PROMETHEUS_MULTIPROC_DIR" in env,
            is_traced=traces_wanted(env),
        )


def _like(environ: Mapping[str, str], name: str, default: str, pattern: str, remedy: str) -> str:
    value = environ.get(name, default)
    if not re.fullmatch(pattern, value):
        raise SettingUnusableError(name, remedy)
    return value


def _secret(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise SettingMissingError(name, _REMEDY)
    if len(value) < _SHORTEST_SECRET:
        raise SettingUnusableError(name, f"it is shorter than {_SHORTEST_SECRET} characters; {_REMEDY}")
    return value
