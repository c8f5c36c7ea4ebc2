"""Makes a service's web application: its blueprints inside everything that the services share."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from messaging.database import Database
from messaging.tracing import configure_tracing
from web.api_blueprint import ApiBlueprint
from web.assets import asset_url, assets_blueprint, assets_version
from web.clock import clock_blueprint
from web.database import connect_app
from web.formats import register_formats
from web.gate import close_gate
from web.health import health_blueprint
from web.idempotency import honour_keys
from web.language import register_languages
from web.layout import register_layout
from web.openapi import document_rules, make_api
from web.parked_pages import blueprint as parked_pages
from web.problems import register_problem_handlers
from web.request_log import register_request_log
from web.security_headers import register_security_headers
from web.settings import WebSettings
from web.staff_session import SESSION_COOKIE, SESSION_LASTS, CookieSessions
from web.tracing import register_tracing
from web.whole_body import WholeBodyRequest


class Json(DefaultJSONProvider):
    """Flask's JSON, written by orjson."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """The same for dates and the like as Flask's own, in UTF-8."""
        as_flask = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
        try:
            return orjson.dumps(obj, self.default, as_flask | orjson.OPT_NON_STR_KEYS).decode()
        except TypeError:  # half a surrogate pair, or a number beyond 64 bits, as somebody sent it
            return super().dumps(obj)


class PlainFlask(Flask):
    """Flask with whole bodies, and without what no request here needs: a signer without a cookie, and async views."""

    request_class = WholeBodyRequest
    session_interface = CookieSessions()
    json_provider_class = Json

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is: Flask and flask-smorest ask it ten times for each request, and none is a coroutine."""
        return func


def create_app(
    name: str,
    database: "Database[Any]",
    settings: WebSettings,
    *,
    api: Iterable[ApiBlueprint] = (),
    pages: Iterable[Blueprint] = (),
    translations: Path | None = None,
) -> Flask:
    """The service's application, everything below `/<name>`; connects to nothing yet.

    `api` blueprints land under `/<name>/api`, `pages` under `/<name>`, each with its own `url_prefix` after that.
    Raises `AccessUndeclaredError` when a view lacks `@allow(...)`.
    """
    app = bare_app(name, settings, prefix=f"/{name}", translations=translations)
    connect_app(app.extensions, database)
    app.register_blueprint(health_blueprint(), url_prefix=f"/{name}")
    documented = make_api(app, name)
    for blueprint in [*api, *([clock_blueprint()] if settings.clock_is_driven else [])]:
        documented.register_blueprint(blueprint, url_prefix=f"/{name}/api{blueprint.url_prefix or ''}")
    for page in [*pages, parked_pages]:
        app.register_blueprint(page, url_prefix=f"/{name}{page.url_prefix or ''}")
    honour_keys(app)
    document_rules(app, documented, close_gate(app, settings, database))
    return app


def bare_app(name: str, settings: WebSettings, *, prefix: str, translations: Path | None) -> Flask:
    """What a service's application and the front page have in common; its gate is still open."""
    configure_tracing(name, "web", is_wanted=settings.is_traced)
    app = PlainFlask(f"web.{name}", root_path=str(Path(__file__).parent), static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME=SESSION_COOKIE,
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        PERMANENT_SESSION_LIFETIME=SESSION_LASTS,
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        FRIST_SETTINGS=settings,
        FRIST_NAME=name,
        FRIST_API_PREFIX=f"{prefix}/api/",
        FRIST_ASSETS_VERSION=assets_version(),
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, settings.proxies)  # type: ignore[method-assign]
    register_request_log(app, name)
    register_tracing(app, name)
    register_security_headers(app, is_https=settings.is_https)
    register_languages(app, translations)
    register_formats(app)
    register_layout(app)
    register_problem_handlers(app)
    app.jinja_env.globals["asset_url"] = asset_url
    app.register_blueprint(assets_blueprint(), url_prefix=prefix)
    return app
