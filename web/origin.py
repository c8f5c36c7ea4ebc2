"""One address for all: hands each request to the service its path begins with, else to the front page."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Origin:
    """A WSGI application over several, as `/registration/…`; the path is passed on whole."""

    def __init__(self, front: "WSGIApplication", services: "Mapping[str, WSGIApplication]") -> None:
        self._front = front
        self._services = dict(services)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer the request by the one whose name its first path segment is."""
        name = environ.get("PATH_INFO", "/").lstrip("/").partition("/")[0]
        return self._services.get(name, self._front)(environ, start_response)
