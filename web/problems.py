"""Every "no" of HTTP, in one shape: RFC 9457 for programs, a page for people.

A refusal raised anywhere, a request that does not validate, an unknown address and a breakage all end here.
`type` is stable: programs may compare it.
"""

from http import HTTPStatus
from traceback import extract_tb
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, json, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from messaging.database import is_away
from messaging.logs import logger
from messaging.refusals import Refusal
from web.field_errors import flatten, flatten_locations
from web.layout import page_above
from web.links import LinkUnknown
from web.navigation import SIGN_IN
from web.remedies import with_remedy
from web.request_kind import is_api_request, is_write
from web.wording import in_readers_words

PROBLEM_JSON = "application/problem+json"

_log = logger(__name__)

_REMEDIES: dict[int, tuple[str, Any]] = {
    400: ("malformed_request", lazy_gettext("The request cannot be read; check its form and send it again.")),
    404: ("not_found", lazy_gettext("There is nothing at this address; check it for missing letters.")),
    405: ("method_not_allowed", lazy_gettext("This address does not take this kind of request.")),
    406: ("not_acceptable", lazy_gettext("This address cannot answer in the form you asked for.")),
    413: ("body_too_large", lazy_gettext("What you sent is too large; send it in smaller parts.")),
    415: (
        "unsupported_media_type",
        lazy_gettext("This address does not take this kind of content; see its documentation."),
    ),
    422: ("invalid_fields", lazy_gettext("Some fields need your attention.")),
    429: ("too_many_requests", lazy_gettext("Too many requests from your address; wait a minute and try again.")),
    500: (
        "internal_error",
        lazy_gettext("Something broke on our side. Nothing you sent was kept; try again in a moment."),
    ),
    503: ("unavailable", lazy_gettext("The service is busy or being mended; try again in a moment.")),
}


_LINK_ENDED = lazy_gettext("This link is no longer valid")
_HEADLINES: dict[int | str, Any] = {
    400: lazy_gettext("This did not work"),
    401: lazy_gettext("Please sign in"),
    403: lazy_gettext("You may not see this"),
    404: lazy_gettext("We cannot find this page"),
    405: lazy_gettext("We cannot find this page"),
    410: _LINK_ENDED,
    LinkUnknown.slug: _LINK_ENDED,
    429: lazy_gettext("One moment, please"),
    500: lazy_gettext("Something broke on our side"),
    503: lazy_gettext("One moment, please"),
}


def problem(
    status: int, slug: str, detail: str, *, errors: list[dict[str, str]] | None = None, **facts: Any
) -> Response:
    """A problem as a response; `errors` are `{"field": …, "message": …}`, `facts` become members of their own."""
    body = {
        **facts,
        "type": f"/problems/{slug}",
        "title": slug.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "errors": [{**error, "message": with_remedy(error["message"])} for error in errors or []],
    }
    if request_id := g.get("request_id"):
        body["request_id"] = request_id
    return Response(json.dumps(body), status=status, content_type=PROBLEM_JSON)


def register_problem_handlers(app: Flask) -> None:
    """Answer every error of the app in this one shape."""
    app.register_error_handler(Refusal, _on_refusal)
    app.register_error_handler(CSRFError, _on_stale_form)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(Exception, _on_breakage)


def on_http_error(error: HTTPException) -> AnyResponse:
    """An error of HTTP itself; field errors are taken from the validation that raised it."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    if status == HTTPStatus.METHOD_NOT_ALLOWED and not is_write() and not is_api_request():
        return redirect(page_above())  # a refused form's page, reloaded or in another language
    slug, remedy = _REMEDIES.get(status, (HTTPStatus(status).name.lower(), error.description))
    data = getattr(error, "data", None) or {}
    errors = flatten(data.get("errors") or {}) or flatten_locations(data.get("messages") or {})
    answer = _answer(status, slug, str(data.get("message") or remedy), errors=errors)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def _on_refusal(refusal: Refusal) -> AnyResponse:
    if refusal.status == HTTPStatus.UNAUTHORIZED and request.method == "GET" and not is_api_request():
        return redirect(f"{SIGN_IN}?{urlencode({'next': request.path})}")
    message = str(refusal)
    errors = [{"field": refusal.field, "message": message}] if refusal.field is not None else []
    answer = _answer(refusal.status, refusal.slug, message, errors=errors, **refusal.facts)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if "retry_after" in refusal.facts:
        answer.headers["Retry-After"] = str(refusal.facts["retry_after"])
    return answer


def _on_stale_form(_error: CSRFError) -> AnyResponse:
    detail = _("This form has been open too long, or cookies are off. Go back, reload the page and send it again.")
    return _answer(HTTPStatus.BAD_REQUEST, "stale_form", detail)


def _on_breakage(error: Exception) -> AnyResponse:
    """Tell where it broke, not the message: that of a database holds the values it was given."""
    _log.error(
        "request_broke",
        route=request.url_rule.rule if request.url_rule else None,
        method=request.method,
        request_id=g.get("request_id"),
        error=type(error).__name__,
        frames=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)[-8:]],
    )
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_away(error) else HTTPStatus.INTERNAL_SERVER_ERROR
    slug, remedy = _REMEDIES[status]
    return _answer(status, slug, str(remedy))


def _answer(
    status: int, slug: str, detail: str, *, errors: list[dict[str, str]] | None = None, **facts: Any
) -> Response:
    if is_api_request():
        return problem(status, slug, detail, errors=errors, **facts)
    page = render_template(
        "problem.html",
        headline=_HEADLINES.get(slug) or _HEADLINES.get(status, _HEADLINES[400]),
        detail=_(detail) if detail else "",
        errors=[in_readers_words(error["message"]) for error in errors or [] if error["message"] != detail],
        sign_in_needed=status == HTTPStatus.UNAUTHORIZED,
        link_needed=slug == LinkUnknown.slug,
        request_id=g.get("request_id") if status >= HTTPStatus.INTERNAL_SERVER_ERROR else None,
    )
    return Response(page, status=status, content_type="text/html; charset=utf-8")
