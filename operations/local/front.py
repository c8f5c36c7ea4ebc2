"""The web process of a local stack: the four services' apps behind one origin.

    gunicorn --preload operations.local.front:application

In compose and elsewhere a proxy stands before four processes instead; it sends `/` to the same place.
"""

import importlib
from collections.abc import Callable, Iterable
from typing import Any

from operations.services import SERVICES

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

START_PAGE = "/registration/"
"""Where somebody who types the bare address wants to be."""


class Front:
    """Gives a request to the service that its path begins with; the services know their own prefixes."""

    def __init__(self, apps: dict[str, WsgiApp]) -> None:
        self._apps = apps

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one WSGI request."""
        path = environ.get("PATH_INFO", "/")
        app = self._apps.get(path.split("/")[1] if "/" in path else "")
        if app is not None:
            return app(environ, start_response)
        if path in ("", "/"):
            start_response("302 Found", [("location", START_PAGE), ("content-length", "0")])
            return []
        body = b"There is no such page. Start at " + START_PAGE.encode() + b"\n"
        start_response("404 Not Found", [("content-type", "text/plain"), ("content-length", str(len(body)))])
        return [body]


def create_front() -> Front:
    """The four apps, made as each service makes its own."""
    return Front({name: importlib.import_module(f"services.{name}.__main__").create_app() for name in SERVICES})
