"""What every request passes before its view: body limit, who it is, may they, how often, no forged forms, and no text that cannot be kept."""

from typing import Any

from flask import Flask, g, request
from flask_wtf import CSRFProtect

from messaging.database import Database
from web.access import Rules, admit, by_signature, collect_rules
from web.actor import ANYONE, Actor
from web.body_limit import apply_limit, collect_limits
from web.characters import refuse_unstorable_text
from web.keys import KeyRing
from web.rate_limit import RateLimit
from web.request_kind import is_api_request, is_write
from web.settings import WebSettings
from web.staff_session import SESSION_COOKIE, staff_of_session

CSRF_HEADER = "X-Requested-With"
"""A header that other sites' pages cannot send along: with it, an API write may use the staff cookie."""


_LOOK = "assets.asset"
"""How pages look is everybody's: nobody is asked for, so that an error has its look while the database is away."""


def close_gate(app: Flask, settings: WebSettings, database: "Database[Any] | None") -> Rules:
    """Guard every view registered so far; those registered later are refused. Returns who may do what."""
    rules = collect_rules(app)
    limits = collect_limits(app)
    keys = KeyRing(database, settings.operator_key_hash)
    rate = RateLimit(settings.open_posts_per_minute)
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)
    csrf = CSRFProtect(app)

    @app.before_request
    def guard() -> None:
        if request.endpoint is None:
            return
        apply_limit(limits)
        actor = ANYONE if request.endpoint == _LOOK else _identify(keys, database)
        g.actor = actor
        allowances = rules.get((request.endpoint, _as_get(request.method)), ())
        if request.method != "OPTIONS":
            g.actor = admit(actor, allowances)
        if is_write() and actor.kind == "anyone" and by_signature not in allowances:
            rate.take(request.remote_addr or "")
        if is_write() and not is_api_request():
            csrf.protect()
        refuse_unstorable_text()

    return rules


def _identify(keys: KeyRing, database: "Database[Any] | None") -> Actor:
    authorization = request.headers.get("Authorization")
    if authorization is not None:
        return keys.actor(authorization)
    if SESSION_COOKIE not in request.cookies:
        return ANYONE
    forgeable = is_api_request() and is_write() and CSRF_HEADER not in request.headers
    return (None if forgeable else staff_of_session(database)) or ANYONE


def _as_get(method: str) -> str:
    return "GET" if method == "HEAD" else method
