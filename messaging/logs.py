"""One JSON line for each thing worth telling; never personal data, never a token."""

import json
import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import structlog


def configure_logs(service: str | None, process: str, level: str = "INFO") -> None:
    """Send structlog and the standard library's loggers to stderr as JSON lines, each with its service and process.

    No `service` is for a process that serves several: there the context of a line says which.
    """
    always = {"process": process} | ({"service": service} if service else {})
    shared: list[structlog.typing.Processor] = [
        lambda _logger, _method, facts: {**always, **facts},
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_as_json)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(_as_json),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for chatty in ("amqp", "kombu"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.getLogger("pika").setLevel(
        logging.CRITICAL
    )  # it calls each failed attempt an error, thrice; we tell of it once


def _as_json(facts: Mapping[str, Any], default: Callable[[Any], Any]) -> str:
    try:
        return orjson.dumps(facts, default, orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # half a surrogate pair, or a number beyond 64 bits: the line is told all the same
        return json.dumps(facts, default=default)


def logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """What a module logs with: an event in snake_case, then facts as keywords."""
    made: structlog.typing.FilteringBoundLogger = structlog.get_logger(module=name)
    return made
