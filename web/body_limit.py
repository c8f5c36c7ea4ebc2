"""How large a request's body may be: the service's setting, or the view's own limit for imports."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request

_MARK = "__frist_body_limit__"
_View = TypeVar("_View", bound=Callable[..., Any])


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
    """Give the running request its view's own limit."""
    limit = limits.get((request.endpoint or "", request.method))
    if limit is not None:
        request.max_content_length = limit
