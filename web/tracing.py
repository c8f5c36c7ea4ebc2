"""The span of a request: the first of a trace, or the next when the caller sends a `traceparent`."""

from flask import Flask, Response, g, request

from frist_contracts.envelope import TRACEPARENT
from messaging import tracing
from web.request_log import METHODS, QUIET


def register_tracing(app: Flask, service: str) -> None:
    """Let the events of a request carry its trace; without tracing of our own they carry the caller's."""

    @app.before_request
    def begin() -> None:
        if request.endpoint in QUIET:
            return
        sent = request.headers.get("traceparent", "")
        g.traceparent = sent if TRACEPARENT.fullmatch(sent) else None
        method = request.method if request.method in METHODS else "_OTHER"
        route = request.url_rule.rule if request.url_rule else "(none)"
        if span := tracing.request(service, method, route, request.scheme, g.traceparent):
            g.span, g.traceparent = span, span.traceparent

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
