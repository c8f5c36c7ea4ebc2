"""The look of the pages: the design system and our own sheet, kept by browsers for a year under a versioned address."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, current_app, send_from_directory, url_for

from web.access import allow, anyone

STATIC = Path(__file__).parent / "static"
_A_YEAR = 365 * 24 * 3600


@cache
def assets_version() -> str:
    """Changes whenever a file under `static/` does."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def assets_blueprint() -> Blueprint:
    """`/assets/<version>/<file>`."""
    assets = Blueprint("assets", __name__)
    assets.add_url_rule("/assets/<version>/<path:filename>", endpoint="asset", view_func=asset)
    return assets


@allow(anyone)
def asset(version: str, filename: str) -> Response:
    """A file of the design system; only the current version may be kept for long."""
    response = send_from_directory(STATIC, filename)
    response.cache_control.no_cache = None
    response.cache_control.public = True
    response.cache_control.max_age = _A_YEAR if version == assets_version() else 60
    response.cache_control.immutable = version == assets_version()
    return response


def asset_url(filename: str) -> str:
    """The address of a file under `static/`, for templates: `asset_url("frist.css")`."""
    return url_for("assets.asset", version=current_app.config["FRIST_ASSETS_VERSION"], filename=filename)
