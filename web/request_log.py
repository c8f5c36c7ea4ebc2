"""One line for each request, and the metrics of HTTP. Only the route's pattern: a path may hold a link."""

import time
from functools import cache

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram
from structlog.contextvars import bind_contextvars, clear_contextvars

from messaging.identifiers import new_id
from messaging.logs import logger
from web.actor import current_actor

REQUESTS = Counter("frist_http_requests_total", "Requests answered.", ["service", "method", "route", "status"])
SECONDS = Histogram(
    "frist_http_request_seconds",
    "Time to answer.",
    ["service", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
QUIET = frozenset({"health.metrics", "health.live", "health.ready", "assets.asset", "front.live"})

_log = logger(__name__)


@cache
def _requests(service: str, method: str, route: str, status: int) -> Counter:
    """Finding a metric by its labels costs more than counting."""
    return REQUESTS.labels(service, method, route, status)


@cache
def _seconds(service: str, route: str) -> Histogram:
    return SECONDS.labels(service, route)


def register_request_log(app: Flask, service: str) -> None:
    """Count, time and log every request; `X-Request-ID` of the answer is in the log line too, and in all others on the way."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.request_id = new_id()
        clear_contextvars()
        bind_contextvars(service=service, request_id=g.request_id)

    @app.after_request
    def tell(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "(none)"
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        method = request.method if request.method in METHODS else "other"
        _requests(service, method, route, response.status_code).inc()
        _seconds(service, route).observe(seconds)
        response.headers["X-Request-ID"] = g.get("request_id", "")
        if request.endpoint not in QUIET:
            _log.info(
                "request",
                method=method,
                route=route,
                status=response.status_code,
                milliseconds=round(seconds * 1000, 1),
                actor=current_actor().kind,
                request_id=g.get("request_id"),
            )
        return response
