"""One web application of a service for all its tests: making it, and its templates anew, takes longer than most of them."""

import importlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask

from messaging.database import Database
from web.app import create_app
from web.keys import hash_key
from web.settings import WebSettings

SERVICES = Path(__file__).parents[2] / "services"


class Lent:
    """Stands for the database of the test that runs."""

    database: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.database, name)


def app_over(service: str, database: Database[Any], *, secret: str, operator_key: str = "") -> Flask:
    """The service's application, over this database from now on; what a test sets in it stays for those that follow."""
    app, lent = _made(service, secret, operator_key)
    lent.database = database
    return app


def new_app(
    service: str, database: Any, *, secret: str, operator_key: str = "", open_posts_per_minute: int = 0
) -> Flask:
    """An application of its own: for what it remembers, as who sent how much within the last minute."""
    settings = WebSettings(
        secret_key=secret,
        link_key=secret,
        clock="driven",
        operator_key_hash=hash_key(operator_key).hex() if operator_key else "",
        open_posts_per_minute=open_posts_per_minute,
    )
    api, pages = (importlib.import_module(f"services.{service}.{part}").BLUEPRINTS for part in ("api", "pages"))
    translations = SERVICES / service / "pages" / "translations"
    return create_app(service, database, settings, api=api, pages=pages, translations=translations)


@cache
def _made(service: str, secret: str, operator_key: str) -> tuple[Flask, Lent]:
    lent = Lent()
    return new_app(service, lent, secret=secret, operator_key=operator_key), lent
