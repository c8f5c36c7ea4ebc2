"""The span of a request: the first of a trace, or the next when the caller sends a `traceparent`."""

from flask import Flask, Response, g, has_request_context, request

from frist_contracts.envelope import TRACEPARENT
from messaging import tracing
from web.request_log import METHODS, QUIET


def traceparent() -> str | None:
    """What the events of this request go on from: its span, or without tracing of our own what the caller sent."""
    if span := g.get("span"):
        return str(span.traceparent)
    return _of_the_caller() if has_request_context() else None


def register_tracing(app: Flask, service: str) -> None:
    """Give each request a span, when traces are asked for."""
    if not tracing.is_on():
        return

    @app.before_request
    def begin() -> None:
        if request.endpoint not in QUIET:
            method = request.method if request.method in METHODS else "_OTHER"
            route = request.url_rule.rule if request.url_rule else "(none)"
            g.span = tracing.request(service, method, route, request.scheme, _of_the_caller())

    @app.after_request
    def note(response: Response) -> Response:
        if span := g.get("span"):
            span.note("http.response.status_code", response.status_code)
            if response.status_code >= 500:
                span.fail(str(response.status_code))
        return response

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        if span := g.pop("span", None):
            span.end(error)


def _of_the_caller() -> str | None:
    sent = request.headers.get("traceparent", "")
    return sent if TRACEPARENT.fullmatch(sent) else None
