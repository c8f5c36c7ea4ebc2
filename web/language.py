"""Which language a person reads: `?language=`, then what they chose before, then their browser's, then Danish."""

from pathlib import Path

from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel

LANGUAGES = {"da": "Dansk", "sv": "Svenska", "en": "English"}
"""The languages of the pages, each by its own name."""

_LOCALES = {"en": "en_GB"}
"""English is for readers in Denmark and Sweden: the day before the month, and a clock of 24 hours."""

DEFAULT_LANGUAGE = "da"
LANGUAGE_COOKIE = "frist_language"
DEFAULT_TIME_ZONE = "Europe/Copenhagen"

_A_YEAR = 365 * 24 * 3600
_OWN_TRANSLATIONS = Path(__file__).parent / "translations"


def current_language() -> str:
    """`da`, `sv` or `en`, for the running request."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    if "language" not in g:
        wishes = (request.args.get("language"), request.cookies.get(LANGUAGE_COOKIE))
        chosen = next((wish for wish in wishes if wish in LANGUAGES), None)
        g.language = chosen or request.accept_languages.best_match(list(LANGUAGES)) or DEFAULT_LANGUAGE
    language: str = g.language
    return language


def use_language(language: str) -> None:
    """Show the rest of the request in the organisation's language, unless the person chose one."""
    if language in LANGUAGES and not request.args.get("language") and not request.cookies.get(LANGUAGE_COOKIE):
        g.language = language


def use_time_zone(name: str) -> None:
    """Show the times of the running request in a programme's time zone, as `Europe/Stockholm`."""
    g.time_zone = name


def register_languages(app: Flask, translations: Path | None) -> None:
    """Translate with the kernel's and the service's catalogues, and remember a choice for a year."""
    folders = [_OWN_TRANSLATIONS, *([translations] if translations else [])]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(str(folder) for folder in folders)
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT_LANGUAGE
    Babel(app, locale_selector=_locale, timezone_selector=_time_zone)

    @app.after_request
    def remember(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.vary.update(("Accept-Language", "Cookie"))
        wish = request.args.get("language") if request.query_string else None
        if wish in LANGUAGES:
            secure = app.config["SESSION_COOKIE_SECURE"]
            response.set_cookie(LANGUAGE_COOKIE, wish, _A_YEAR, samesite="Lax", secure=secure, httponly=True)
        return response


def _locale() -> str:
    return _LOCALES.get(current_language(), current_language())


def _time_zone() -> str:
    zone: str = g.get("time_zone", DEFAULT_TIME_ZONE) if has_request_context() else DEFAULT_TIME_ZONE
    return zone
