"""Whether a program or a person asks: the address decides."""

from flask import current_app, request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_api_request() -> bool:
    """Whether the request is to `/<service>/api/...`."""
    return request.path.startswith(current_app.config["FRIST_API_PREFIX"])


def is_write() -> bool:
    """Whether the request may change something."""
    return request.method not in SAFE_METHODS
