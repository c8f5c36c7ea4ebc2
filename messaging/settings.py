"""What a service's processes need to know to talk to the database and the broker."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from messaging.clock import CLOCKS, SYSTEM
from messaging.environment import like, needed, seconds, whole

TRACES_WANTED_BY = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def traces_wanted(environ: Mapping[str, str]) -> bool:
    """Whether somebody takes traces by OTLP; OpenTelemetry itself reads where, and the rest of `OTEL_*`."""
    return any(environ.get(name) for name in TRACES_WANTED_BY)


def log_level(environ: Mapping[str, str] | None = None) -> str:
    """From which level on something is logged, as `INFO`."""
    levels = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    env = os.environ if environ is None else environ
    return like(env, "FRIST_LOG_LEVEL", "INFO", "|".join(levels), f"it is one of {', '.join(levels)}")


def clock(environ: Mapping[str, str]) -> str:
    """What business time follows: the machine, or a rehearsal."""
    return like(environ, "FRIST_CLOCK", SYSTEM, "|".join(CLOCKS), f"it is {' or '.join(CLOCKS)}")


@dataclass(frozen=True)
class MessagingSettings:
    """Read once from the environment, when a process starts.

    `tick_seconds` overrides the interval of every timer (rehearsals). A relay that will be rung for looks by itself every
    `rest_seconds` all the same, for retries, resends and rings that were lost; one that will not, every `poll_seconds`.
    `page_seconds` is the pace of the ledger; `grace_seconds` is how long a stopping process may take to finish what it has in hand.

    `silence_seconds` is how long a process may be stuck before its watchdog ends it. A broker that is silent for half of
    that is left, for another node when there is one.
    """

    service: str
    database_url: str
    amqp_url: str
    clock: str = SYSTEM
    tick_seconds: float | None = None
    poll_seconds: float = 0.02
    rest_seconds: float = 0.2
    grace_seconds: float = 20.0
    silence_seconds: float = 90.0
    page_seconds: float = 15.0
    batch_size: int = 200
    log_level: str = "INFO"
    metrics_port: int | None = None
    is_traced: bool = False

    @classmethod
    def load(cls, service: str, environ: Mapping[str, str] | None = None) -> Self:
        """The settings of one service; raises `SettingError` naming the one that is missing or makes no sense."""
        env = os.environ if environ is None else environ
        return cls(
            service=service,
            database_url=database_url(service, env),
            amqp_url=needed(
                env, "FRIST_AMQP_URL", "give the broker's address, as amqp://user:password@host:5672/frist"
            ),
            clock=clock(env),
            tick_seconds=seconds(env, "FRIST_TICK_SECONDS", 0.0) if env.get("FRIST_TICK_SECONDS") else None,
            poll_seconds=seconds(env, "FRIST_POLL_SECONDS", 0.02),
            rest_seconds=seconds(env, "FRIST_REST_SECONDS", 0.2),
            grace_seconds=seconds(env, "FRIST_GRACE_SECONDS", 20),
            silence_seconds=seconds(env, "FRIST_SILENCE_SECONDS", 90),
            page_seconds=seconds(env, "FRIST_PAGE_SECONDS", 15),
            batch_size=whole(env, "FRIST_BATCH_SIZE", 200, least=1),
            log_level=log_level(env),
            metrics_port=whole(env, "FRIST_METRICS_PORT", 0) or None,
            is_traced=traces_wanted(env),
        )


def database_url(service: str, environ: Mapping[str, str] | None = None) -> str:
    """The address of a service's own database, as SQLAlchemy wants it."""
    env = os.environ if environ is None else environ
    name = f"FRIST_{service.upper()}_DATABASE_URL"
    return sqlalchemy_url(needed(env, name, "give the service's own database, as postgresql://user:password@host/name"))


def sqlalchemy_url(url: str) -> str:
    """The same address with the driver named: psycopg 3."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
