"""The web process of a machine that has only one: the four services and the front page behind one origin.

    gunicorn --preload "operations.front:create_platform()"

In compose and elsewhere a proxy stands before five processes instead; the front page's is `create_front_page()`.
"""

import importlib
from collections.abc import Callable, Iterable
from typing import Any

from messaging.starting import starting
from operations.services import SERVICES
from web.front import front_page_app
from web.settings import WebSettings

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Platform:
    """Gives a request to the service that its path begins with, and all others to the front page.

    The services know their own prefixes, so the path stays whole: what a mounting dispatcher would not leave it.
    """

    def __init__(self, apps: dict[str, WsgiApp], front_page: WsgiApp) -> None:
        self._apps = apps
        self._front_page = front_page

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one WSGI request."""
        first_part = environ.get("PATH_INFO", "/").lstrip("/").partition("/")[0]
        return self._apps.get(first_part, self._front_page)(environ, start_response)


@starting()
def create_front_page() -> WsgiApp:
    """The front page alone."""
    return front_page_app(WebSettings.load())


@starting()
def create_platform() -> WsgiApp:
    """The whole origin; each service's app is made as the service makes it."""
    apps = {name: importlib.import_module(f"services.{name}.__main__").create_app() for name in SERVICES}
    return Platform(apps, create_front_page())
