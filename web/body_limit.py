"""How large a request's body may be: the service's setting, or the view's own limit for imports, whose files have to be whole."""

from collections.abc import Callable
from typing import IO, Any, TypeVar

from flask import Flask, request

from messaging.refusals import Refusal

_MARK = "__frist_body_limit__"
_View = TypeVar("_View", bound=Callable[..., Any])


class BodyIncomplete(Refusal):
    """The file did not arrive whole: the connection broke off. Send it again."""

    status = 400


class WholeBody:
    """A body as it arrives; raises `BodyIncomplete` when it ends before so many bytes.

    The server ends a body that breaks off like one that is over, and what was cut off in the middle of a row would be taken.
    """

    def __init__(self, stream: IO[bytes], length: int) -> None:
        self._stream = stream
        self._left = length

    def read(self, size: int = -1) -> bytes:
        """The next bytes, none at the end."""
        wanted = self._left if size < 0 else min(size, self._left)
        found = self._stream.read(wanted)
        self._left -= len(found)
        if wanted and not found:
            raise BodyIncomplete
        return found


def accepts_up_to(megabytes: int) -> Callable[[_View], _View]:
    """Let this view take a larger body, which it reads as a stream (`request.stream`)."""

    def mark(view: _View) -> _View:
        setattr(view, _MARK, megabytes * 1024 * 1024)
        return view

    return mark


def collect_limits(app: Flask) -> dict[tuple[str, str], int]:
    """The views' own limits in bytes, by endpoint and HTTP method."""
    limits: dict[tuple[str, str], int] = {}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        methods = getattr(view, "view_class", None)
        for method in rule.methods or ():
            limit = getattr(view, _MARK, None) or getattr(getattr(methods, method.lower(), None), _MARK, None)
            if limit:
                limits[rule.endpoint, method] = limit
    return limits


def apply_limit(limits: dict[tuple[str, str], int]) -> None:
    """Give the running request its view's own limit; what it says of its length has to come."""
    limit = limits.get((request.endpoint or "", request.method))
    if limit is not None:
        request.max_content_length = limit
        if request.content_length is not None:
            request.environ["wsgi.input"] = WholeBody(request.environ["wsgi.input"], request.content_length)
