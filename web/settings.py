"""What the HTTP kernel reads from the environment; secrets have no default."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from messaging.clock import DRIVEN, SYSTEM
from messaging.environment import like, secret, whole
from messaging.settings import clock, traces_wanted

HOME = "http://localhost:8000"


def public_url(environ: Mapping[str, str] | None = None) -> str:
    """Where people reach the platform, without a slash at its end: what every link begins with."""
    env = os.environ if environ is None else environ
    remedy = "give the address that people reach the platform at, as https://hjaelp.example.dk"
    return like(env, "FRIST_PUBLIC_URL", HOME, r"https?://[^/\s]+(/\S*)?", remedy).rstrip("/")


@dataclass(frozen=True)
class LinkSettings:
    """What the links of organisations and staff are made from: `link_key` derives their secret part."""

    link_key: str
    public_url: str = HOME

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read `FRIST_LINK_KEY` and `FRIST_PUBLIC_URL`; raises `SettingError` naming the one that cannot be worked with."""
        env = os.environ if environ is None else environ
        return cls(secret(env, "FRIST_LINK_KEY"), public_url(env))


@dataclass(frozen=True, kw_only=True)
class WebSettings:
    """The settings of one service's HTTP.

    `open_posts_per_minute` limits each client's writes without sign-in (0: no limit). `proxies` is how many trusted
    proxies stand before the service: so many `X-Forwarded-*` entries are believed. `max_body_bytes` is for
    requests whose view sets no limit of its own.
    """

    secret_key: str
    link_key: str
    public_url: str = HOME
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
        """Read `FRIST_*`; raises `SettingError` naming what is missing or makes no sense, and what to do."""
        env = os.environ if environ is None else environ
        return cls(
            secret_key=secret(env, "FRIST_SECRET_KEY"),
            link_key=secret(env, "FRIST_LINK_KEY"),
            public_url=public_url(env),
            clock=clock(env),
            operator_key_hash=like(
                env, "FRIST_OPERATOR_KEY_HASH", "", "|[0-9a-f]{64}", "it is a SHA-256 in hexadecimal"
            )
            or None,
            open_posts_per_minute=whole(env, "FRIST_OPEN_POSTS_PER_MINUTE", 30),
            proxies=int(like(env, "FRIST_PROXIES", "0", "[0-9]", "it is how many proxies stand before the service")),
            metrics_of_many_processes="PROMETHEUS_MULTIPROC_DIR" in env,
            is_traced=traces_wanted(env),
        )
