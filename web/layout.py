"""What every page's frame needs to know: who looks, where they can go, and in which languages."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, request

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
    query = {name: value for name, value in {**request.args.to_dict(), **changes}.items() if value is not None}
    return f"{request.path}?{urlencode(query)}" if query else request.path
