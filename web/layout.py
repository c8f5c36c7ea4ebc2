"""What every page's frame needs to know: who looks, where they can go, and in which languages."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException

from web.actor import current_actor
from web.language import LANGUAGES, current_language
from web.navigation import SIGN_IN, SIGN_OUT, navigation_for


def register_layout(app: Flask) -> None:
    """Give the templates the frame's facts."""
    app.jinja_env.globals.update(language_url=language_url, url_with=url_with)

    @app.context_processor
    def frame() -> dict[str, Any]:
        actor = current_actor()
        return {
            "actor": actor,
            "navigation": navigation_for(actor),
            "sign_in_path": SIGN_IN,
            "sign_out_path": SIGN_OUT,
            "language": current_language(),
            "languages": LANGUAGES,
        }


def language_url(language: str) -> str:
    """The same page in another language."""
    return url_with(language=language)


def url_with(**changes: str | None) -> str:
    """The same page with some of its query changed; None takes a parameter away."""
    return _address(request.path, changes)


def page_above() -> str:
    """The nearest address above this one that shows a page: where only forms are sent to, that is the page they stand on."""
    routes = current_app.create_url_adapter(request)
    path = request.path
    while routes and (path := path.rpartition("/")[0]):
        with suppress(HTTPException):
            routes.match(path, method="GET")
            return _address(path, {})
    return _address("/", {})


def _address(path: str, changes: dict[str, str | None]) -> str:
    query = {name: value for name, value in {**request.args.to_dict(), **changes}.items() if value is not None}
    return f"{path}?{urlencode(query)}" if query else path
